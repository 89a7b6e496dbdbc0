import { get, list } from "./api.js";
import { Age, Badge, Loaded, Table, short, usd, useLoad } from "./parts.jsx";
import { EventList } from "./world.jsx";

function startOfDay() {
  const d = new Date();
  d.setUTCHours(0, 0, 0, 0);
  return d.toISOString();
}

async function load() {
  const [status, domains, releases, events, today] = await Promise.all([
    get("status"), list("domains"), get("releases?limit=5"), get("events?limit=8"), get("top?by=domains&since=" + startOfDay())]);
  const cost = Object.fromEntries(today.items.map((t) => [t.metadata.name, t.status.costMicrousd]));
  return { s: status.status, domains, releases: releases.items, events: events.items, cost };
}

function Tile({ value, word, tone, href }) {
  return <a class={"tile " + (tone || "")} href={href}><strong>{value}</strong><span>{word}</span></a>;
}

const total = (map) => Object.values(map || {}).reduce((a, b) => a + b, 0);

export function Overview() {
  const all = useLoad(load, [], null);
  return (
    <Loaded of={all}>
      {({ s, domains, releases, events, cost }) => {
        const skills = total(s.skills), ready = (s.skills || {}).Ready || 0;
        const ill = s.sources.filter((x) => x.conditions.some((c) => c.type === "Stalled" && c.status === "True"));
        return (
          <>
            <h1>Overview</h1>
            <div class="tiles">
              <Tile href="#/skills" value={ready + " / " + skills} word="skills ready" tone={ready === skills ? "good" : "bad"} />
              <Tile href="#/executions" value={s.queued} word="executions waiting" />
              <Tile href="#/executions" value={(s.executions || {}).failed || 0} word="executions failed" tone={(s.executions || {}).failed ? "bad" : ""} />
              <Tile href="#/releases" value={s.release} word="current release" />
              <Tile href="#/skills" value={s.quarantines} word="in quarantine" tone={s.quarantines ? "bad" : ""} />
            </div>
            {ill.map((x) => {
              const c = x.conditions.find((y) => y.type === "Stalled");
              return <div key={x.name} class="problem" role="alert"><strong>source {x.name}: {c.reason}</strong> {c.message} <a href="#/admissions">Show what was refused</a></div>;
            })}
            <section aria-labelledby="domains-title">
              <h2 id="domains-title">Domains</h2>
              <Table caption="Domains" rows={domains} rowKey={(d) => d.metadata.name} none="No domain has been deployed yet."
                columns={[
                  { title: "Domain", sort: (d) => d.metadata.name, of: (d) => <a href="#/skills" onClick={() => sessionStorage.setItem("domain", d.metadata.name)}>{d.metadata.name}</a> },
                  { title: "Health", of: (d) => {
                    const n = s.domains.find((x) => x.name === d.metadata.name) || {};
                    return <Badge tone={n.ready === n.skills ? "good" : "bad"}>{n.ready + " of " + n.skills + " ready"}</Badge>;
                  } },
                  { title: "Owner", sort: (d) => (d.metadata.source || {}).name || "", of: (d) => (d.metadata.source || {}).name },
                  { title: "Cost today", num: true, sort: (d) => cost[d.metadata.name] || 0, of: (d) => usd(cost[d.metadata.name]) },
                  { title: "Commit", of: (d) => <code>{short((d.metadata.source || {}).revision)}</code> },
                  { title: "Version", of: (d) => <code>{short(d.status.digest)}</code> },
                ]} />
            </section>
            <section aria-labelledby="last-title">
              <h2 id="last-title">What changed last</h2>
              <Table caption="Latest releases" rows={releases} rowKey={(r) => r.metadata.name} none="Nothing has been released yet."
                columns={[
                  { title: "Release", of: (r) => <a href={"#/releases/" + r.metadata.name}>{r.metadata.name}</a> },
                  { title: "What", of: (r) => <code>{r.status.summary}</code> },
                  { title: "Domains", of: (r) => r.status.domains.join(", ") },
                  { title: "By", of: (r) => r.status.by || r.status.actor },
                  { title: "Message", of: (r) => r.spec.message },
                  { title: "Age", of: (r) => <Age at={r.metadata.createdAt} /> },
                ]} />
              <EventList events={events} />
            </section>
          </>
        );
      }}
    </Loaded>
  );
}
