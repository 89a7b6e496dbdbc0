import { useEffect, useRef, useState } from "preact/hooks";
import { get, list, post, remove, session } from "./api.js";
import { Age, Badge, Confirm, Hash, Listing, Loaded, ProblemBox, Signed, Table, When, seg, short, useLoad } from "./parts.jsx";

// The finding that weighs most, and its place.
function why(findings) {
  const f = findings.find((x) => x.severity === "deny") || findings[0];
  return f ? <>{f.message}{f.path && <div class="quiet">{f.path}{f.line ? ":" + f.line : ""}</div>}</> : "–";
}

// What a rule asks a person for.
const asks = { "AD-REVIEW-001": "review", "AD-GROWTH-001": "growth", "AD-DELETE-001": "deletion", "AD-FREEZE-001": "freeze" };
const asked = (a) => (a.status.holds ? a.status.findings.filter((f) => f.severity === "deny" && asks[f.rule]) : []);
const may = (a) => ["approver", "admin"].includes(session.role) && (session.domains.includes("*") || session.domains.includes(a.metadata.domain));

// "waiting for approval (1 of 2)".
function Verdict({ of: a }) {
  if (a.status.phase !== "Waiting") return <Badge>{a.status.phase}</Badge>;
  if (a.status.waitsFor !== "WaitingForApproval") return <Badge tone="busy">waiting for checks</Badge>;
  const review = asked(a).map((f) => /^(\d+) of the (\d+) /.exec(f.message)).find(Boolean);
  return <Badge tone="busy">{"waiting for approval (" + (review ? review[1] + " of " + review[2] : asked(a).map((f) => asks[f.rule]).join(", ")) + ")"}</Badge>;
}

// What the gateway says to each is asked first (dryRun): who may not is told before he presses anything.
function Approve({ of: a, close }) {
  const [state, set] = useState({ ready: false, busy: false, error: null, done: false });
  const [reason, setReason] = useState("");
  // As it was when the dialog opened: once it is approved, the admission is held no more.
  const [findings] = useState(() => asked(a));
  const kinds = findings.map((f) => asks[f.rule]);
  const given = useRef([]); // what need not be given again where the next one failed
  const ask = async (query, body) => {
    set((s) => ({ ...s, busy: true, error: null }));
    try {
      for (const kind of kinds.filter((k) => !given.current.includes(k))) {
        await post("admissions/" + a.spec.candidate + "/approvals" + query, { domain: a.metadata.domain, for: kind, ...body });
        if (!query) given.current.push(kind);
      }
      set({ ready: true, busy: false, error: null, done: !query });
    } catch (error) {
      set((s) => ({ ...s, error, busy: false }));
    }
  };
  useEffect(() => {
    ask("?dryRun=All", {});
  }, []);
  return (
    <Confirm title={`Approve this change of ${a.metadata.domain}`} close={close} busy={state.busy} disabled={!state.ready || state.done} word="Approve" act={() => ask("", { reason })}>
      {state.error && <ProblemBox error={state.error} />}
      {state.done ? <p role="status" class="done">Approved. It goes on by itself once enough people have.</p> : (
        <>
          <p>Candidate <code>{short(a.spec.candidate)}</code>, commit <code>{short((a.metadata.source || {}).revision)}</code>{a.spec.author && <> by {a.spec.author}</>}. You answer for exactly this; a newer push has to be approved anew.</p>
          <ul>{findings.map((f) => <li key={f.rule}><Badge tone="plain">{asks[f.rule]}</Badge> {f.message}</li>)}</ul>
          <label>Why <input type="text" value={reason} maxLength={4096} onInput={(e) => setReason(e.target.value)} /></label>
        </>
      )}
    </Confirm>
  );
}

function ApproveButton({ of: a, word, close }) {
  const [open, setOpen] = useState(false);
  if (!open && (!asked(a).length || !may(a))) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>{word}</button>
      {open && <Approve of={a} close={() => (setOpen(false), close && close())} />}
    </>
  );
}

export function Admissions() {
  return (
    <Listing title="Admissions" caption="Admissions, newest first" load={() => list("admissions", 300)} kinds={["Admission", "Approval", "Source"]}
      rowKey={(a) => a.metadata.domain + a.metadata.name} none="Nothing has been judged yet."
      columns={[
        { title: "Domain", sort: (a) => a.metadata.domain, of: (a) => <a href={"#/admissions/" + seg(a.metadata.domain || "-") + "/" + seg(a.metadata.name)}>{a.metadata.domain || "the platform"} {short(a.spec.candidate)}</a> },
        { title: "Verdict", sort: (a) => a.status.verdict, of: (a) => <Verdict of={a} /> },
        { title: "Findings", num: true, sort: (a) => a.status.findings.length, of: (a) => a.status.findings.length },
        { title: "Why", of: (a) => why(a.status.findings) },
        { title: "Commit", of: (a) => <Hash of={(a.metadata.source || {}).revision} /> },
        { title: "Age", sort: (a) => a.metadata.createdAt, of: (a) => <Age at={a.metadata.createdAt} /> },
        { title: "Approval", of: (a) => <ApproveButton of={a} word={"Approve " + a.metadata.domain + " …"} /> },
      ]} />
  );
}

// Who has approved the candidate; what one has given oneself can be taken back.
function Approvals({ of: a, again }) {
  const [error, setError] = useState(null);
  const given = a.status.approvals || [];
  if (!given.length) return null;
  const own = (x) => session.role === "admin" || x.by.split(":").pop() === session.name;
  const takeBack = (x) => remove("approvals/" + seg(x.name)).then(again, setError);
  return (
    <section aria-labelledby="approvals-title">
      <h2 id="approvals-title">Approvals</h2>
      {error && <ProblemBox error={error} />}
      <Table caption="Approvals of this candidate" rows={given} rowKey={(x) => x.name}
        columns={[
          { title: "By", of: (x) => x.by },
          { title: "For", of: (x) => <Badge tone="plain">{x.for}</Badge> },
          { title: "Why", of: (x) => x.reason || "–" },
          { title: "When", of: (x) => <Age at={x.at} /> },
          { title: "Holds until", of: (x) => <When at={x.expiresAt} /> },
          { title: "", of: (x) => (may(a) && own(x) && a.status.holds ? <button type="button" onClick={() => takeBack(x)}>Take back</button> : null) },
        ]} />
    </section>
  );
}

function byFile(findings) {
  const files = new Map();
  for (const f of findings) {
    const at = f.path || "the domain as a whole";
    if (!files.has(at)) files.set(at, []);
    files.get(at).push(f);
  }
  for (const list of files.values()) list.sort((a, b) => (a.line || 0) - (b.line || 0));
  return [...files];
}

// The line of the file, with the place marked. Positions count characters, not UTF-16 units.
function Quote({ line, quote: { text, at, length } }) {
  const all = [...text];
  return (
    <pre class="quote">
      <span class="gutter" aria-hidden="true">{line}</span>{all.slice(0, at).join("")}<mark>{all.slice(at, at + length).join("") || " "}</mark>{all.slice(at + length).join("")}
    </pre>
  );
}

function Finding({ f }) {
  return (
    <li class={"finding " + f.severity}>
      <span class="line">{f.line ? f.line + ":" + (f.column || 1) : "–"}</span>
      <div>
        <Badge tone={f.severity === "deny" ? "bad" : f.severity === "warn" ? "busy" : "plain"}>{f.severity}</Badge> <code>{f.rule}</code> {f.message}
        {f.quote && <Quote line={f.line} quote={f.quote} />}
        {f.remedy && <div class="remedy">{f.remedy}</div>}
        {f.replacement != null && <><p class="instead">Write instead:</p><pre class="fix">{f.replacement}</pre></>}
        {f.related && <div class="quiet">see {f.related.path}{f.related.line ? ":" + f.related.line : ""}</div>}
      </div>
    </li>
  );
}

export function Admission({ names: [domain, name] }) {
  const all = useLoad(() => get((domain === "-" ? "" : "domains/" + seg(domain) + "/") + "admissions/" + seg(name)), [domain, name], ["Admission", "Approval", "Source"]);
  // Each approval brings another verdict of the candidate; the newest is shown by its name alone.
  const newest = (a) => (location.hash = "#/admissions/" + seg(domain) + "/" + a.spec.candidate);
  return (
    <Loaded of={all}>
      {(a) => (
        <>
          <p class="crumbs"><a href="#/admissions">Admissions</a></p>
          <h1>{a.metadata.domain || "the platform"} {short(a.spec.candidate)} <Verdict of={a} /></h1>
          <p><ApproveButton of={a} word="Approve …" close={() => newest(a)} /></p>
          <dl class="facts">
            <dt>Source</dt><dd>{(a.metadata.source || {}).name} <code>{(a.metadata.source || {}).revision}</code></dd>
            <dt>Signature</dt><dd><Signed of={a.status.signature} /></dd>
            <dt>Author</dt><dd>{a.spec.author || "not known"}</dd>
            <dt>When</dt><dd><When at={a.metadata.createdAt} /></dd>
            <dt>Policy</dt><dd><code>{short(a.spec.policy)}</code>, rules version {a.spec.rulesVersion}</dd>
          </dl>
          <Approvals of={a} again={() => (newest(a), all.again())} />
          <section aria-labelledby="findings-title">
            <h2 id="findings-title">Findings</h2>
            {!a.status.findings.length && <p>None: it was admitted as it is.</p>}
            {byFile(a.status.findings).map(([path, findings]) => (
              <section key={path} aria-label={path}>
                <h3><code>{path}</code></h3>
                <ol class="findings">{findings.map((f) => <Finding key={f.fingerprint + f.line} f={f} />)}</ol>
              </section>
            ))}
          </section>
          {a.status.receipt && <details><summary>Signed receipt</summary><pre>{a.status.receipt.text}</pre><p class="quiet">signature {a.status.receipt.signature}</p></details>}
        </>
      )}
    </Loaded>
  );
}
