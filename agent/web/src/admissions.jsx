import { get, list } from "./api.js";
import { Age, Badge, Hash, Listing, Loaded, Signed, When, seg, short, useLoad } from "./parts.jsx";

// The finding that weighs most, and its place.
function why(findings) {
  const f = findings.find((x) => x.severity === "deny") || findings[0];
  return f ? <>{f.message}{f.path && <div class="quiet">{f.path}{f.line ? ":" + f.line : ""}</div>}</> : "–";
}

export function Admissions() {
  return (
    <Listing title="Admissions" caption="Admissions, newest first" load={() => list("admissions", 300)} kinds={["Admission"]}
      rowKey={(a) => a.metadata.domain + a.metadata.name} none="Nothing has been judged yet."
      columns={[
        { title: "Domain", sort: (a) => a.metadata.domain, of: (a) => <a href={"#/admissions/" + seg(a.metadata.domain || "-") + "/" + seg(a.metadata.name)}>{a.metadata.domain || "the platform"} {short(a.spec.candidate)}</a> },
        { title: "Verdict", sort: (a) => a.status.verdict, of: (a) => <Badge>{a.status.phase}</Badge> },
        { title: "Findings", num: true, sort: (a) => a.status.findings.length, of: (a) => a.status.findings.length },
        { title: "Why", of: (a) => why(a.status.findings) },
        { title: "Commit", of: (a) => <Hash of={(a.metadata.source || {}).revision} /> },
        { title: "Age", sort: (a) => a.metadata.createdAt, of: (a) => <Age at={a.metadata.createdAt} /> },
      ]} />
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
  const all = useLoad(() => get((domain === "-" ? "" : "domains/" + seg(domain) + "/") + "admissions/" + seg(name)), [domain, name], []);
  return (
    <Loaded of={all}>
      {(a) => (
        <>
          <p class="crumbs"><a href="#/admissions">Admissions</a></p>
          <h1>{a.metadata.domain || "the platform"} {short(a.spec.candidate)} <Badge>{a.status.phase}</Badge></h1>
          <dl class="facts">
            <dt>Source</dt><dd>{(a.metadata.source || {}).name} <code>{(a.metadata.source || {}).revision}</code></dd>
            <dt>Signature</dt><dd><Signed of={a.status.signature} /></dd>
            <dt>When</dt><dd><When at={a.metadata.createdAt} /></dd>
            <dt>Policy</dt><dd><code>{short(a.spec.policy)}</code>, rules version {a.spec.rulesVersion}</dd>
          </dl>
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
