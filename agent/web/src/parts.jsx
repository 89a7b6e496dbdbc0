// The small things every page is made of.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { onChange } from "./live.js";

function age(iso) {
  if (!iso) return "–";
  const s = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  if (s < 60) return s + "s";
  if (s < 3600) return Math.floor(s / 60) + "m";
  if (s < 86400) return Math.floor(s / 3600) + "h" + (s % 3600 >= 60 ? Math.floor((s % 3600) / 60) + "m" : "");
  return Math.floor(s / 86400) + "d";
}
// "315 ms", "1.2 s", "2m 5s", "1h 3m"
export function duration(ms) {
  if (ms == null) return "–";
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + " s";
  const s = Math.round(ms / 1000);
  return s < 3600 ? Math.floor(s / 60) + "m " + (s % 60) + "s" : Math.floor(s / 3600) + "h " + Math.floor((s % 3600) / 60) + "m";
}
export const short = (digest) => (digest || "").slice(0, 12);
export const usd = (micro) => "$" + ((micro || 0) / 1e6).toFixed(micro && micro < 10000 ? 4 : 2);
export const seg = encodeURIComponent;

export function Age({ at }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const t = setInterval(() => tick((n) => n + 1), 15000);
    return () => clearInterval(t);
  }, []);
  return <time dateTime={at || ""} title={at || ""}>{age(at)}</time>;
}

const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

// A time in full, and how long ago that is.
export function When({ at }) {
  if (!at) return "–";
  return <>{moment.format(new Date(at))} <span class="quiet">(<Age at={at} /> ago)</span></>;
}

// The first digits of a digest or a commit; never broken across lines.
export function Hash({ of, none }) {
  return of ? <code class="hash" title={of}>{short(of)}</code> : none || "–";
}

// "+9 ~1 -2" of a release, in words.
export function summary(text) {
  const words = { "+": "\u00a0new", "~": "\u00a0changed", "-": "\u00a0gone" };
  return (text || "").split(" ").map((w) => (words[w[0]] ? w.slice(1) + words[w[0]] : w)).join(", ") || "–";
}

// What load() gives, loaded again when one of `kinds` changes. {data, error, again}. One load at a time: what changes meanwhile is told by the next.
export function useLoad(load, deps, kinds) {
  const [state, set] = useState({ data: null, error: null });
  const ask = useRef(null);
  useEffect(() => {
    let over = false, busy = false, due = false, pending = null;
    const again = async () => {
      due = true;
      if (busy) return;
      busy = true;
      while (due && !over) {
        due = false;
        await load().then(
          (data) => over || set({ data, error: null }),
          (error) => over || set((old) => ({ data: old.data, error })),
        );
      }
      busy = false;
    };
    ask.current = again;
    set({ data: null, error: null });
    again();
    const off = onChange((changes) => {
      const ours = !changes || !kinds || changes.some((c) => kinds.includes(c.kind));
      if (!ours || pending) return;
      pending = setTimeout(() => {
        pending = null;
        again();
      }, 150);
    });
    return () => {
      over = true;
      clearTimeout(pending);
      off();
    };
  }, deps);
  return { ...state, again: () => ask.current() };
}

// titled: the page has its heading already, whatever comes of the load.
export function Loaded({ of, children, titled }) {
  if (of.error && !of.data)
    return (
      <>
        {!titled && <h1>{of.error.status === 404 ? "There is nothing here" : "This cannot be shown now"}</h1>}
        <ProblemBox error={of.error} />
        <p><button type="button" onClick={of.again}>Try again</button></p>
      </>
    );
  if (!of.data) return <p class="loading">Loading …</p>;
  return (
    <>
      {of.error && <ProblemBox error={of.error} />}
      {children(of.data)}
    </>
  );
}

export function ProblemBox({ error }) {
  const doc = error.doc || {};
  return (
    <div class="problem" role="alert">
      <strong>{error.message}</strong>
      {doc.remedy && <span> {doc.remedy}</span>}
    </div>
  );
}

export function condition(o, type) {
  return ((o.status && o.status.conditions) || []).find((c) => c.type === type);
}

const tones = { True: "good", Ready: "good", succeeded: "good", Allowed: "good", allow: "good", ready: "good", Current: "good", stable: "good",
  False: "bad", failed: "bad", Denied: "bad", deny: "bad", lost: "bad", Warning: "bad", Stalled: "bad", Revoked: "bad" };
export function Badge({ children, tone }) {
  const word = String(children);
  return <span class={"badge " + (tone || tones[word] || "plain")}>{word}</span>;
}

const signed = {
  good: ["good", "signed"], unsigned: ["plain", "not signed"], untrusted: ["busy", "signed with a key that nobody trusts"],
  bad: ["bad", "the signature does not hold"], expired: ["busy", "signed with a key that was not valid then"],
  revoked: ["bad", "signed with a key that was revoked"], unread: ["busy", "signed in a way that cannot be read"],
};
// Who signed a commit: status.signature. Nobody looks where the operator names no signers.
export function Signed({ of }) {
  const [tone, words] = signed[of && of.state] || ["plain", "not looked at"];
  const by = of && of.signer ? (of.state === "good" ? " by " : ", that of ") + of.signer : "";
  return (
    <>
      <Badge tone={tone}>{words + by}</Badge>
      {of && of.key && <> {of.kind} <code>{of.key}</code></>}
      {of && of.detail && <span class="quiet"> {of.detail}</span>}
    </>
  );
}

// What is most worth saying of an object: what needs somebody, else what is under way, else whether it is ready.
export function state(o) {
  const stalled = condition(o, "Stalled"), ready = condition(o, "Ready"), busy = condition(o, "Reconciling");
  if (stalled && stalled.status === "True") return [stalled.reason, "bad"];
  if (busy && busy.status === "True") return [busy.reason, "busy"];
  if (!ready) return ["Unknown", "plain"];
  return ready.status === "True" ? ["Ready", "good"] : [ready.reason, "bad"];
}

export function Ready({ of }) {
  const [word, tone] = state(of);
  return <Badge tone={tone}>{word}</Badge>;
}

export function Conditions({ of }) {
  const all = (of.status && of.status.conditions) || [];
  return (
    <ul class="conditions">
      {all.map((c) => (
        <li key={c.type}>
          <Badge tone={c.type === "Ready" ? (c.status === "True" ? "good" : "bad") : c.status === "True" ? (c.type === "Stalled" ? "bad" : "busy") : "plain"}>{c.type + "=" + c.status}</Badge>{" "}
          <span class="reason">{c.reason}</span> {c.message}
          {c.blockedBy && <span class="quiet"> blocked by {c.blockedBy.startsWith("Admission/") ? <a href="#/admissions">{c.blockedBy}</a> : c.blockedBy}</span>}
          {c.remedy && <div class="remedy">{c.remedy}</div>}
        </li>
      ))}
    </ul>
  );
}

// rows: objects; columns: [{title, of(row), sort(row), num}]. Sorted by a click or Enter on the title.
export function Table({ caption, columns, rows, none, rowKey }) {
  const [sort, setSort] = useState({ by: -1, down: false });
  const shown = sort.by < 0 ? rows : [...rows].sort((a, b) => {
    const x = columns[sort.by].sort(a), y = columns[sort.by].sort(b);
    return (x < y ? -1 : x > y ? 1 : 0) * (sort.down ? -1 : 1);
  });
  if (!rows.length) return <p class="quiet">{none || "Nothing here yet."}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      {/* Roles are said, for on a phone rows are shown as cards, and then they would be lost. */}
      <table role="table">
        <caption class="hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((c, i) => (
              <th key={c.title} scope="col" role="columnheader" class={c.num ? "num" : ""} aria-sort={sort.by === i ? (sort.down ? "descending" : "ascending") : undefined}>
                {c.sort ? (
                  <button type="button" class="sort" onClick={() => setSort({ by: i, down: sort.by === i && !sort.down })}>
                    {c.title}
                    <span aria-hidden="true">{sort.by === i ? (sort.down ? " ▾" : " ▴") : ""}</span>
                  </button>
                ) : c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((r, n) => (
            <tr key={rowKey ? rowKey(r) : n} role="row">
              {columns.map((c) => <td key={c.title} role="cell" class={c.num ? "num" : ""} data-title={c.title}><div>{c.of(r)}</div></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// A page that is a table of what a list has.
export function Listing({ title, caption, load, kinds, rowKey, none, columns }) {
  const all = useLoad(load, [], kinds);
  return (
    <Loaded of={all}>
      {(rows) => (
        <>
          <h1>{title}</h1>
          <Table caption={caption || title} rows={rows} rowKey={rowKey} none={none} columns={columns} />
        </>
      )}
    </Loaded>
  );
}

// A dialog that asks before something is done; focus stays in it, Escape leaves.
export function Confirm({ title, children, act, word, close, busy, disabled, done }) {
  const ref = useRef(null);
  useEffect(() => {
    const d = ref.current;
    if (d && !d.open) d.showModal();
  }, []);
  return (
    <dialog ref={ref} onClose={close} aria-labelledby="confirm-title">
      <h2 id="confirm-title">{title}</h2>
      {children}
      <div class="buttons">
        <button type="button" onClick={() => ref.current.close()}>{done ? "Close" : "Leave it"}</button>
        {!done && <button type="button" class="danger" onClick={act} disabled={busy || disabled}>{busy ? "Working …" : word}</button>}
      </div>
    </dialog>
  );
}

const pad = (n) => String(n).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const steps = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000];

const dark = matchMedia("(prefers-color-scheme: dark)");

// Times below the plot: days when it spans some, else the clock.
function clock(_, at) {
  const span = at[at.length - 1] - at[0];
  return at.map((t) => {
    const d = new Date(t * 1000);
    if (span > 172800) return d.getDate() + " " + months[d.getMonth()];
    return pad(d.getHours()) + ":" + pad(d.getMinutes()) + (span < 300 ? ":" + pad(d.getSeconds()) : "");
  });
}

// xs in seconds, ys numbers that format() writes; its words say the same to whoever cannot see it.
export function Plot({ title, format, xs, ys, zero }) {
  const ref = useRef(null);
  const [scheme, setScheme] = useState(dark.matches);
  useEffect(() => {
    const changed = () => setScheme(dark.matches);
    dark.addEventListener("change", changed);
    return () => dark.removeEventListener("change", changed);
  }, []);
  const most = ys.length ? Math.max(...ys) : 0;
  const drawn = xs.length > 1 && most > 0;
  useEffect(() => {
    if (!ref.current) return undefined;
    const css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue("--ink").trim(), line = css.getPropertyValue("--accent").trim(), grid = css.getPropertyValue("--line").trim();
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const plot = new uPlot({
      width: ref.current.clientWidth || 480, height: 180, legend: { show: false }, cursor: { show: false }, padding: [12, 24, 0, 0],
      // From zero, and no narrower than a minute: what hardly differs must look so.
      scales: { x: { range: (_, a, b) => (b - a < 60 ? [(a + b) / 2 - 30, (a + b) / 2 + 30] : [a, b]) }, y: { range: (_, a, b) => [0, b * 1.1] } },
      series: [{}, { stroke: line, width: 2, points: { show: xs.length < 60, size: 5, stroke: line } }],
      axes: [{ ...axis, values: clock, incrs: steps, space: 64 }, { ...axis, size: 68, values: (_, v) => v.map(format) }],
    }, [xs, ys], ref.current);
    const size = () => plot.setSize({ width: ref.current.clientWidth, height: 180 });
    window.addEventListener("resize", size);
    return () => {
      window.removeEventListener("resize", size);
      plot.destroy();
    };
  }, [xs.join(), ys.join(), scheme]);
  const last = ys.length ? format(ys[ys.length - 1]) : "";
  return (
    <figure class="plot">
      <figcaption>{title}{xs.length > 0 && most > 0 && <span class="quiet"> last {last}{xs.length > 1 && ", most " + format(most)}</span>}</figcaption>
      {drawn ? <div ref={ref} role="img" aria-label={`${title}, ${ys.length} executions, last ${last}, most ${format(most)}`} />
        : <p class="quiet">{!xs.length ? "Nothing has run yet." : !most ? zero : "One execution so far; two make a line."}</p>}
    </figure>
  );
}

// The words of a version's difference, whatever their shape.
function differences(detail) {
  if (!detail) return [];
  if (Array.isArray(detail)) return detail.flatMap(differences);
  if (typeof detail === "string") return [detail];
  const own = detail.text || detail.says || detail.words || detail.message;
  return own ? [own] : Object.values(detail).flatMap(differences);
}

export function Differences({ of }) {
  const words = differences(of);
  return words.length ? <ul class="changes">{words.map((t, i) => <li key={i}>{t}</li>)}</ul> : null;
}
