import { useState } from "preact/hooks";
import { get, list } from "./api.js";
import { Age, Badge, Conditions, Differences, Hash, Loaded, Plot, Ready, Table, duration, seg, state as stateOf, usd, useLoad } from "./parts.jsx";

const kinds = ["Skill", "Instance", "Domain", "Route"];
const path = (s) => "#/skills/" + seg(s.metadata.domain) + "/" + seg(s.metadata.name);

export function Skills() {
  const all = useLoad(() => list("skills", 20000), [], kinds);
  const [text, setText] = useState("");
  const [domain, setDomain] = useState(() => sessionStorage.getItem("domain") || "");
  const [state, setState] = useState("");
  const choose = (d) => {
    sessionStorage.setItem("domain", d);
    setDomain(d);
  };
  return (
    <Loaded of={all}>
      {(skills) => {
        const domains = [...new Set(skills.map((s) => s.metadata.domain))].sort();
        const states = [...new Set(skills.map((s) => stateOf(s)[0]))].sort();
        const wanted = text.trim().toLowerCase();
        const shown = skills.filter((s) => (!domain || s.metadata.domain === domain) &&
          (!state || stateOf(s)[0] === state) &&
          (!wanted || [s.metadata.domain + "/" + s.metadata.name, s.spec.title, s.spec.description, ...(s.spec.triggers || [])].join(" ").toLowerCase().includes(wanted)));
        return (
          <>
            <h1>Skills</h1>
            <form class="filters" onSubmit={(e) => e.preventDefault()} role="search">
              <label>Search <input type="search" value={text} onInput={(e) => setText(e.target.value)} /></label>
              <label>Domain <select value={domain} onChange={(e) => choose(e.target.value)}>
                <option value="">all</option>
                {domains.map((d) => <option key={d}>{d}</option>)}
              </select></label>
              <label>State <select value={state} onChange={(e) => setState(e.target.value)}>
                <option value="">all</option>
                {states.concat(!state || states.includes(state) ? [] : state).map((w) => <option key={w}>{w}</option>)}
              </select></label>
              <span class="quiet" role="status">{shown.length} of {skills.length}</span>
            </form>
            <Table caption="Skills" rows={shown.slice(0, 500)} rowKey={(s) => s.metadata.domain + "/" + s.metadata.name} none={skills.length ? "No skill is like that." : "No skill has been deployed yet."}
              columns={[
                { title: "Skill", sort: (s) => s.metadata.domain + "/" + s.metadata.name, of: (s) => <a href={path(s)}>{s.metadata.domain}/{s.metadata.name}</a> },
                { title: "Role", sort: (s) => s.spec.role, of: (s) => s.spec.role },
                { title: "State", sort: (s) => stateOf(s)[0], of: (s) => <Ready of={s} /> },
                { title: "Trigger", of: (s) => <div class="lines">{(s.spec.triggers || []).map((t) => <div key={t}>{t}</div>)}</div> },
                { title: "Version", of: (s) => <Hash of={s.status.digest} /> },
                { title: "Age", sort: (s) => s.metadata.createdAt, of: (s) => <Age at={s.metadata.createdAt} /> },
              ]} />
            {shown.length > 500 && <p class="quiet">The first 500; search to see others.</p>}
          </>
        );
      }}
    </Loaded>
  );
}

async function loadSkill(domain, name) {
  const at = "domains/" + seg(domain) + "/skills/" + seg(name);
  const [skill, page, executions, routes, versions, log, month] = await Promise.all([
    get(at), get(at + "/page").catch((error) => ({ error })),
    get("executions?limit=200&domain=" + seg(domain) + "&skill=" + seg(name)),
    list("routes?domain=" + seg(domain) + "&skill=" + seg(name)),
    get(at + "/history?limit=50"),
    get("changes?since=i" + "1.0&kind=Skill&domain=" + seg(domain)).catch(() => ({ items: [] })),
    get("top?by=skills&since=720h&domain=" + seg(domain))]);
  return { skill, page, month: (month.items.find((t) => t.metadata.name === name) || {}).status, executions: executions.items, routes,
    history: versions.items, detail: Object.fromEntries(log.items.filter((c) => c.name === name && c.object && c.object.release).map((c) => [c.object.release, c.object.detail])) };
}

function Month({ of }) {
  if (!of) return <p>None in the last 30 days.</p>;
  const rate = of.acceptMillionths == null ? "–" : Math.round(of.acceptMillionths / 1e4) + "%";
  return (
    <dl class="facts">
      <dt>In 30 days</dt><dd>{of.runs} {of.runs === 1 ? "run" : "runs"}, {of.failed} failed, {of.cancelled} cancelled</dd>
      <dt>Accept rate</dt><dd>{rate}</dd>
      <dt>Took</dt><dd>{of.p50Ms == null ? "–" : `half of them within ${duration(of.p50Ms)}, 95 of 100 within ${duration(of.p95Ms)}`}</dd>
      <dt>Cost</dt><dd>{usd(of.costMicrousd)}</dd>
    </dl>
  );
}

function Rollout({ status }) {
  const d = status.desired || {}, s = status.serving || {}, c = status.candidate;
  return (
    <dl class="facts">
      <dt>Wanted</dt><dd><Hash of={d.content} />{d.release ? <> by <a href={"#/releases/" + d.release}>release {d.release}</a></> : null}</dd>
      <dt>Serves</dt><dd><Hash of={s.content} none="nothing" /></dd>
      <dt>Candidate</dt><dd>{c ? <><Hash of={c.content} /> {c.state} {c.reason}</> : "none"}</dd>
      <dt>Instances</dt><dd>{(status.instances || {}).ready || 0} ready, {(status.instances || {}).starting || 0} starting</dd>
    </dl>
  );
}

export function Skill({ names: [domain, name] }) {
  const all = useLoad(() => loadSkill(domain, name), [domain, name], [...kinds, "Execution", "Release"]);
  return (
    <Loaded of={all}>
      {({ skill, page, executions, routes, history, detail, month }) => {
        const ended = executions.filter((e) => e.status.endedAt).sort((a, b) => (a.status.endedAt < b.status.endedAt ? -1 : 1));
        const xs = ended.map((e) => Date.parse(e.status.endedAt) / 1000);
        return (
          <>
            <p class="crumbs"><a href="#/skills">Skills</a> / {domain}</p>
            <h1>{skill.spec.title || name} <Ready of={skill} /></h1>
            <p>{skill.spec.description}</p>
            <div class="columns">
              <section aria-labelledby="state-title">
                <h2 id="state-title">State</h2>
                <Conditions of={skill} />
                <Rollout status={skill.status} />
              </section>
              <section aria-labelledby="routes-title">
                <h2 id="routes-title">Routes</h2>
                <Table caption="Routes" rows={routes} none="Nothing leads here but its name."
                  columns={[
                    { title: "Kind", of: (r) => r.spec.kind },
                    { title: "Pattern", of: (r) => <code>{r.spec.pattern}</code> },
                    { title: "Versions", of: (r) => r.spec.versions.map((v) => <div key={v.content}><Hash of={v.content} /> {v.mode} {v.weightMillionths / 10000}%</div>) },
                  ]} />
              </section>
            </div>
            <section aria-labelledby="work-title">
              <h2 id="work-title">Executions</h2>
              <Month of={month} />
              <div class="columns">
                <Plot title="Time" format={duration} zero="None of them took a millisecond." xs={xs} ys={ended.map((e) => e.status.durationMs || 0)} />
                <Plot title="Cost" format={usd} zero="None of them has cost anything." xs={xs} ys={ended.map((e) => e.status.costMicrousd || 0)} />
              </div>
              <Table caption="Latest executions" rows={executions.slice(0, 10)} rowKey={(e) => e.metadata.name} none="It has not run yet."
                columns={[
                  { title: "Execution", of: (e) => <a href={"#/executions/" + e.metadata.name}>{e.metadata.name}</a> },
                  { title: "State", of: (e) => <Badge>{e.status.phase}</Badge> },
                  { title: "Took", num: true, of: (e) => duration(e.status.durationMs) },
                  { title: "Cost", num: true, of: (e) => usd(e.status.costMicrousd) },
                  { title: "By", of: (e) => e.spec.requestedBy },
                  { title: "Age", of: (e) => <Age at={e.metadata.createdAt} /> },
                ]} />
            </section>
            <section aria-labelledby="versions-title">
              <h2 id="versions-title">Versions</h2>
              <ol class="versions">
                {history.map((v) => {
                  const number = v.status.desired.release, by = v.release;
                  return (
                    <li key={v.status.since}>
                      <a href={"#/releases/" + number}>release {number}</a> <Hash of={v.status.digest} /> {v.status.phase === "Current" && <Badge>Current</Badge>} <span class="quiet">{by.spec.kind} by {by.status.by}, <Age at={by.metadata.createdAt} /> ago</span>
                      {by.spec.message && <div>{by.spec.message}</div>}
                      <Differences of={detail[number]} />
                    </li>
                  );
                })}
              </ol>
            </section>
            <section aria-labelledby="text-title">
              <h2 id="text-title">SKILL.md</h2>
              {page.error ? <p class="quiet">{page.error.message}</p> : (
                <>
                  {/* Made by cmark in safe mode on the server: no raw HTML, no address that runs code; and the page's policy runs no inline script. */}
                  <article class="markdown" dangerouslySetInnerHTML={{ __html: page.html }} />
                  <details><summary>{page.files.length} files</summary><ul>{page.files.map((f) => <li key={f.path}><code>{f.path}</code> <span class="quiet">{f.size} bytes</span></li>)}</ul></details>
                </>
              )}
            </section>
          </>
        );
      }}
    </Loaded>
  );
}
