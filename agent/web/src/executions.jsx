import { useState } from "preact/hooks";
import { get, post, session } from "./api.js";
import { Age, Badge, Hash, Loaded, ProblemBox, Table, When, duration, seg, usd, useLoad } from "./parts.jsx";

export function Executions() {
  const [state, setState] = useState("");
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const fits = (e) => !wanted || [e.metadata.name, e.metadata.domain + "/" + e.spec.skill, e.spec.requestedBy].join(" ").toLowerCase().includes(wanted);
  const all = useLoad(() => get("executions?limit=200" + (state ? "&state=" + state : "")), [state], ["Execution"]);
  return (
    <>
      <h1>Executions</h1>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <label>Search <input type="search" value={text} onInput={(e) => setText(e.target.value)} /></label>
        <label>State <select value={state} onChange={(e) => setState(e.target.value)}>
          <option value="">all</option>
          {["queued", "claimed", "running", "succeeded", "failed", "cancelled"].map((s) => <option key={s}>{s}</option>)}
        </select></label>
      </form>
      <Loaded of={all} titled>
        {({ items }) => (
          <Table caption="Executions, newest first" rows={items.filter(fits)} rowKey={(e) => e.metadata.name} none={wanted && items.length ? "No execution is like that." : state ? "No execution is " + state + "." : "Nothing has run yet."}
            columns={[
              { title: "Execution", of: (e) => <a href={"#/executions/" + e.metadata.name}>{e.metadata.name}</a> },
              { title: "Skill", sort: (e) => e.metadata.domain + "/" + e.spec.skill, of: (e) => <a href={"#/skills/" + seg(e.metadata.domain) + "/" + seg(e.spec.skill)}>{e.metadata.domain}/{e.spec.skill}</a> },
              { title: "State", sort: (e) => e.status.phase, of: (e) => <Badge>{e.status.phase}</Badge> },
              { title: "Took", num: true, sort: (e) => e.status.durationMs || 0, of: (e) => duration(e.status.durationMs) },
              { title: "Cost", num: true, sort: (e) => e.status.costMicrousd || 0, of: (e) => usd(e.status.costMicrousd) },
              { title: "By", sort: (e) => e.spec.requestedBy, of: (e) => e.spec.requestedBy },
              { title: "Age", of: (e) => <Age at={e.metadata.createdAt} /> },
            ]} />
        )}
      </Loaded>
    </>
  );
}

async function loadExecution(name) {
  const [execution, steps] = await Promise.all([get("executions/" + seg(name)), get("executions/" + seg(name) + "/steps")]);
  return { e: execution, steps: steps.items };
}

// The first line of what a step says in words.
function brief(data) {
  const text = (data && (data.text || data.message || data.detail)) || "";
  const line = String(text).split("\n")[0];
  return line.length > 80 ? line.slice(0, 79) + "…" : line;
}

function Trace({ steps, from }) {
  const start = Date.parse(from), times = steps.map((s) => Date.parse(s.at) - start);
  const whole = Math.max(1, ...times);
  return (
    <ol class="trace">
      {steps.map((s, i) => (
        <li key={i}>
          <span class="when num">+{duration(times[i])}</span>
          <span class="bar" aria-hidden="true"><svg viewBox="0 0 100 8" preserveAspectRatio="none"><rect x={(100 * (times[i - 1] || 0)) / whole} width={Math.max(1, (100 * (times[i] - (times[i - 1] || 0))) / whole)} height="8" /></svg></span>
          <details>
            <summary>{s.kind} <span class="quiet">{brief(s.data)}</span></summary>
            <pre>{JSON.stringify(s.data, null, 2)}</pre>
          </details>
        </li>
      ))}
    </ol>
  );
}

export function Execution({ names: [name] }) {
  const all = useLoad(() => loadExecution(name), [name], ["Execution"]);
  const [error, setError] = useState(null);
  const cancel = () => post("executions/" + seg(name) + "/cancel").then(all.again, setError);
  return (
    <Loaded of={all}>
      {({ e, steps }) => {
        const over = ["succeeded", "failed", "cancelled"].includes(e.status.phase);
        return (
          <>
            <p class="crumbs"><a href="#/executions">Executions</a></p>
            <h1>{name} <Badge>{e.status.phase}</Badge></h1>
            {error && <ProblemBox error={error} />}
            {!over && ["operator", "admin"].includes(session.role) && <button type="button" onClick={cancel}>Cancel it</button>}
            <dl class="facts">
              <dt>Skill</dt><dd><a href={"#/skills/" + seg(e.metadata.domain) + "/" + seg(e.spec.skill)}>{e.metadata.domain}/{e.spec.skill}</a> <Hash of={e.status.content} /></dd>
              <dt>Asked for by</dt><dd>{e.spec.requestedBy}, <When at={e.metadata.createdAt} /></dd>
              <dt>Took</dt><dd>{duration(e.status.durationMs)}, {usd(e.status.costMicrousd)}, attempt {e.status.attempt}</dd>
              <dt>Digests</dt><dd>content <Hash of={e.status.content} />, runtime <Hash of={e.status.runtime} />, context <Hash of={e.status.context} /></dd>
              <dt>Transcript</dt><dd><Hash of={e.status.transcript} /></dd>
            </dl>
            {e.status.error && e.status.error.detail && <div class="problem" role="alert"><strong>{e.status.error.detail}</strong> {e.status.error.remedy}</div>}
            <div class="columns">
              <section aria-labelledby="in-title"><h2 id="in-title">Input</h2><pre>{JSON.stringify(e.spec.input, null, 2)}</pre></section>
              <section aria-labelledby="out-title"><h2 id="out-title">Result</h2>{e.status.result ? <>{e.status.result.text && <p>{e.status.result.text}</p>}<pre>{JSON.stringify(e.status.result.output, null, 2)}</pre></> : <p class="quiet">None.</p>}</section>
            </div>
            <section aria-labelledby="trace-title"><h2 id="trace-title">Trace</h2><Trace steps={steps} from={e.metadata.createdAt} /></section>
          </>
        );
      }}
    </Loaded>
  );
}
