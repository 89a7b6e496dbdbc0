import { get, list } from "./api.js";
import { Age, Badge, Hash, Loaded, Ready, Table, condition, seg, summary, usd, useLoad } from "./parts.jsx";
import { EventList } from "./world.jsx";

function startOfDay() {
  const d = new Date();
  d.setUTCHours(0, 0, 0, 0);
  return d.toISOString();
}

async function load() {
  const [status, domains, releases, events, today, denied, held] = await Promise.all([
    get("status"), list("domains"), get("releases?limit=5"), get("events?limit=8"), get("top?by=domains&since=" + startOfDay()), get("admissions?limit=100&verdict=deny"), get("quarantines?limit=20")]);
  const cost = Object.fromEntries(today.items.map((t) => [t.metadata.name, t.status.costMicrousd]));
  return { s: status.status, domains, releases: releases.items, events: events.items, cost, denied: denied.items, quarantined: held.items };
}

function Tile({ value, word, tone, href }) {
  return <a class={"tile " + (tone || "")} href={href}><strong>{value}</strong><span>{word}</span></a>;
}

// The condition that says that a domain stands still until a person, or a check, does something.
function need(d) {
  const stalled = condition(d, "Stalled"), busy = condition(d, "Reconciling");
  if (stalled && stalled.status === "True") return stalled;
  return busy && busy.status === "True" && busy.reason.startsWith("WaitingFor") ? busy : null;
}

// Of each of them why, and where to look.
function Needs({ domains, denied }) {
  return (
    <ul class="needs">
      {domains.map((d) => {
        const name = d.metadata.name, c = need(d), waits = c.type !== "Stalled";
        const verdict = (waits || c.reason === "AdmissionDenied") && denied.find((a) => a.metadata.domain === name);
        return (
          <li key={name} class={waits ? "waits" : ""}>
            <strong>{name}</strong> <Badge tone={waits ? "busy" : "bad"}>{c.reason}</Badge> {c.message}
            {c.remedy && <div class="remedy">{c.remedy}</div>}
            {verdict && <a href={"#/admissions/" + seg(name) + "/" + seg(verdict.metadata.name)}>{waits ? "Show what waits" : "Show it on its line"}</a>}
          </li>
        );
      })}
    </ul>
  );
}

const total = (map) => Object.values(map || {}).reduce((a, b) => a + b, 0);

export function Overview() {
  const all = useLoad(load, [], null);
  return (
    <Loaded of={all}>
      {({ s, domains, releases, events, cost, denied, quarantined }) => {
        const skills = total(s.skills), ready = (s.skills || {}).Ready || 0;
        const held = domains.filter(need);
        const ill = s.sources.filter((x) => x.conditions.some((c) => c.type === "Stalled" && c.status === "True"));
        return (
          <>
            <h1>Overview</h1>
            <div class="tiles">
              <Tile href="#/skills" value={ready + " / " + skills} word="skills ready" tone={ready === skills ? "good" : "bad"} />
              <Tile href="#/executions" value={s.queued} word="executions waiting" />
              <Tile href="#/executions" value={(s.executions || {}).failed || 0} word="executions failed" tone={(s.executions || {}).failed ? "bad" : ""} />
              <Tile href="#/releases" value={s.release} word="current release" />
              <Tile href="#/skills" value={s.quarantines} word={s.quarantines === 1 ? "version in quarantine" : "versions in quarantine"} tone={s.quarantines ? "bad" : ""} />
            </div>
            {ill.map((x) => {
              const c = x.conditions.find((y) => y.type === "Stalled");
              return <div key={x.name} class="problem" role="alert"><strong>source {x.name}: {c.reason}</strong> {c.message} <a href="#/admissions">Show what was refused</a></div>;
            })}
            {held.length > 0 && (
              <section aria-labelledby="needs-title">
                <h2 id="needs-title">Needs somebody</h2>
                <Needs domains={held} denied={denied} />
              </section>
            )}
            {quarantined.length > 0 && (
              <section aria-labelledby="held-title">
                <h2 id="held-title">In quarantine</h2>
                <Table caption="Versions in quarantine" rows={quarantined} rowKey={(q) => q.metadata.name}
                  columns={[
                    { title: "Skill", of: (q) => <a href={"#/skills/" + seg(q.metadata.domain) + "/" + seg(q.spec.skill)}>{q.metadata.domain}/{q.spec.skill}</a> },
                    { title: "Version", of: (q) => <Hash of={q.spec.digest} /> },
                    { title: "Why", of: (q) => q.spec.reason || q.spec.cause },
                    { title: "By", of: (q) => q.spec.actor },
                    { title: "Age", of: (q) => <Age at={q.metadata.createdAt} /> },
                  ]} />
                {s.quarantines > quarantined.length && <p class="quiet">The first {quarantined.length} of {s.quarantines}.</p>}
              </section>
            )}
            <section aria-labelledby="domains-title">
              <h2 id="domains-title">Domains</h2>
              <Table caption="Domains" rows={domains} rowKey={(d) => d.metadata.name} none="No domain has been deployed yet."
                columns={[
                  { title: "Domain", sort: (d) => d.metadata.name, of: (d) => <a href="#/skills" onClick={() => sessionStorage.setItem("domain", d.metadata.name)}>{d.metadata.name}</a> },
                  { title: "Health", of: (d) => {
                    const n = s.domains.find((x) => x.name === d.metadata.name) || {};
                    return <Badge tone={n.ready === n.skills ? "good" : "bad"}>{n.ready + " of " + n.skills + " ready"}</Badge>;
                  } },
                  { title: "State", of: (d) => <Ready of={d} /> },
                  { title: "Owner", sort: (d) => d.status.owner, of: (d) => d.status.owner },
                  { title: "Cost today", num: true, sort: (d) => cost[d.metadata.name] || 0, of: (d) => usd(cost[d.metadata.name]) },
                  { title: "Commit", of: (d) => <Hash of={(d.metadata.source || {}).revision} /> },
                  { title: "Version", of: (d) => <Hash of={d.status.digest} /> },
                ]} />
            </section>
            <section aria-labelledby="last-title">
              <h2 id="last-title">What changed last</h2>
              <Table caption="Latest releases" rows={releases} rowKey={(r) => r.metadata.name} none="Nothing has been released yet."
                columns={[
                  { title: "Release", of: (r) => <a href={"#/releases/" + r.metadata.name}>{r.metadata.name}</a> },
                  { title: "What", of: (r) => summary(r.status.summary) },
                  { title: "Domains", of: (r) => r.status.domains.join(", ") },
                  { title: "By", of: (r) => r.status.by || r.status.actor },
                  { title: "Message", of: (r) => r.spec.message },
                  { title: "Age", of: (r) => <Age at={r.metadata.createdAt} /> },
                ]} />
            </section>
            <section aria-labelledby="events-title">
              <h2 id="events-title">Latest events</h2>
              <EventList events={events} />
            </section>
          </>
        );
      }}
    </Loaded>
  );
}
