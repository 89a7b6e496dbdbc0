import { useEffect, useState } from "preact/hooks";
import { get, list, post, session } from "./api.js";
import { Age, Badge, Confirm, Differences, Hash, Listing, Loaded, ProblemBox, Signed, Table, When, seg, short, summary, useLoad } from "./parts.jsx";

export function Releases() {
  return (
    <Listing title="Releases" caption="Releases, newest first" load={() => list("releases", 500)} kinds={["Release"]}
      rowKey={(r) => r.metadata.name} none="Nothing has been released yet."
      columns={[
        { title: "Release", sort: (r) => Number(r.metadata.name), of: (r) => <a href={"#/releases/" + r.metadata.name}>{r.metadata.name}</a> },
        { title: "State", of: (r) => <Badge tone={r.status.phase === "Current" ? "good" : "plain"}>{r.status.phase}</Badge> },
        { title: "Kind", sort: (r) => r.spec.kind, of: (r) => r.spec.kind },
        { title: "What", of: (r) => summary(r.status.summary) },
        { title: "Domains", of: (r) => r.status.domains.join(", ") },
        { title: "By", sort: (r) => r.status.by || "", of: (r) => r.status.by || r.status.actor },
        { title: "Message", of: (r) => r.spec.message },
        { title: "Commit", of: (r) => <Hash of={(r.metadata.source || {}).revision} /> },
        { title: "Age", sort: (r) => r.metadata.createdAt, of: (r) => <Age at={r.metadata.createdAt} /> },
      ]} />
  );
}

async function loadRelease(name) {
  const release = await get("releases/" + seg(name));
  const rev = Number((release.status.revision || "").split(".")[1] || 0);
  const incarnation = (release.status.revision || "i1.0").split(".")[0];
  const log = rev ? await get("changes?since=" + seg(incarnation + "." + (rev - 1)) + "&kind=Skill").catch(() => ({ items: [] })) : { items: [] };
  return { release, changes: log.items.filter((c) => c.object && String(c.object.release) === name) };
}

const report = (wish) => (wish.status || {}).result || {};

// What a rollback would do is asked first (dryRun), shown, and only then done.
function RollBack({ domain, to, close }) {
  const [state, set] = useState({ plan: null, error: null, busy: false, done: null });
  const body = { domain, to, reason: "rolled back in the dashboard by " + session.name };
  const ask = async (more) => {
    set((s) => ({ ...s, busy: true, error: null }));
    try {
      const wish = await post("rollbacks?wait=60s", { ...body, ...more });
      const failed = (wish.status || {}).error;
      if (failed) throw Object.assign(new Error(failed.detail), { doc: failed });
      set(more.dryRun ? { plan: report(wish), error: null, busy: false, done: null } : { plan: report(wish), error: null, busy: false, done: wish });
    } catch (error) {
      set((s) => ({ ...s, error, busy: false }));
    }
  };
  useEffect(() => {
    ask({ dryRun: true });
  }, []);
  return (
    <Confirm title={`Roll ${domain} back to release ${to}`} close={close} busy={state.busy} disabled={!state.plan || state.done || refusals(state.plan).length > 0} done={state.done}
      word="Roll back" act={() => ask({})}>
      {state.error && <ProblemBox error={state.error} />}
      {state.done ? <p role="status" class="done">{state.plan.summary || "Done."}</p> : state.plan ? <Plan plan={state.plan} /> : <p class="loading">Asking what it would do …</p>}
    </Confirm>
  );
}

const refusals = (plan) => [plan.admission || {}, ...((plan.admission || {}).domains || [])].flatMap((d) => d.findings || []).filter((f) => f.severity === "deny");

// What would change, skill by skill, in the words of the plan; and why it may not.
function Plan({ plan }) {
  const skills = ((plan.plan || {}).domains || []).flatMap((d) => d.skills.map((s) => ({ ...s, domain: d.name })));
  const denied = refusals(plan);
  return (
    <>
      <p>Versions that came after it are put in quarantine; the source is followed on, and new content is deployed.</p>
      <div class="plan">
        {!skills.length && <p>No skill would change.</p>}
        <ul class="versions">
          {skills.map((s) => (
            <li key={s.domain + "/" + s.name}>
              <strong>{s.domain}/{s.name}</strong> <Badge tone="plain">{s.op}</Badge>
              <Differences of={s.details} />
            </li>
          ))}
        </ul>
        {denied.map((f) => <p key={f.fingerprint} class="problem" role="alert"><strong>Today's policy refuses it.</strong> {f.path ? f.path + (f.line ? ":" + f.line : "") + ": " : ""}{f.message}</p>)}
      </div>
      <p class="quiet">{plan.summary}</p>
    </>
  );
}

export function Release({ names: [name] }) {
  const all = useLoad(() => loadRelease(name), [name], ["Release"]);
  const [rolling, setRolling] = useState(null);
  const may = ["operator", "approver", "admin"].includes(session.role);
  return (
    <Loaded of={all}>
      {({ release, changes }) => (
        <>
          <p class="crumbs"><a href="#/releases">Releases</a></p>
          <h1>Release {name} <Badge tone={release.status.phase === "Current" ? "good" : "plain"}>{release.status.phase}</Badge></h1>
          <dl class="facts">
            <dt>By</dt><dd>{release.status.author || release.status.by || release.status.actor}, written by {release.status.actor}</dd>
            <dt>Message</dt><dd>{release.spec.message || "–"}</dd>
            <dt>Source</dt><dd>{(release.metadata.source || {}).name} <code>{(release.metadata.source || {}).revision}</code></dd>
            <dt>Signature</dt><dd><Signed of={release.status.signature} /></dd>
            <dt>When</dt><dd><When at={release.metadata.createdAt} /></dd>
            <dt>Digest</dt><dd><code>{release.status.digest}</code></dd>
          </dl>
          <section aria-labelledby="domains-title">
            <h2 id="domains-title">Domains and verdicts</h2>
            <Table caption="Domains of this release" rows={release.status.items || []} rowKey={(i) => i.domain}
              columns={[
                { title: "Domain", sort: (i) => i.domain, of: (i) => i.domain },
                { title: "What", of: (i) => <Badge tone="plain">{i.op}</Badge> },
                { title: "Verdict", of: (i) => (i.candidate ? <a href={"#/admissions/" + seg(i.domain) + "/" + i.candidate}>{short(i.candidate)}</a> : "–") },
                { title: "", of: (i) => (may && i.op !== "delete" && release.status.phase !== "Current" ? <button type="button" onClick={() => setRolling(i.domain)}>Roll {i.domain} back to here …</button> : null) },
              ]} />
          </section>
          <section aria-labelledby="skills-title">
            <h2 id="skills-title">Skills</h2>
            <Table caption="Skills of this release" rows={changes} rowKey={(c) => c.resourceVersion} none="The log of it is kept no longer."
              columns={[
                { title: "Skill", of: (c) => <a href={"#/skills/" + seg(c.domain) + "/" + seg(c.name)}>{c.domain}/{c.name}</a> },
                { title: "What", of: (c) => <Badge tone="plain">{c.op}</Badge> },
                { title: "Difference", of: (c) => <Differences of={c.object.detail} /> },
                { title: "Version", of: (c) => <Hash of={c.object.content} /> },
              ]} />
          </section>
          {rolling && <RollBack domain={rolling} to={name} close={() => setRolling(null)} />}
        </>
      )}
    </Loaded>
  );
}
