import { useState } from "preact/hooks";
import { get, list } from "./api.js";
import { Age, Badge, Hash, Listing, Loaded, Table, seg, useLoad } from "./parts.jsx";

function About({ e }) {
  const { kind, domain, name } = e.spec;
  const what = kind + " " + (domain && domain !== name ? domain + "/" : "") + name;
  if (kind === "Skill") return <a href={"#/skills/" + seg(domain) + "/" + seg(name)}>{what}</a>;
  if (kind === "Execution") return <a href={"#/executions/" + seg(name)}>{what}</a>;
  if (kind === "Release") return <a href={"#/releases/" + seg(name)}>{what}</a>;
  return kind === "Domain" ? <a href="#/skills" onClick={() => sessionStorage.setItem("domain", name)}>{what}</a> : what;
}

export function EventList({ events, none }) {
  return (
    <Table caption="Events, newest first" rows={events} rowKey={(e) => e.metadata.name + e.status.count} none={none || "Nothing has happened yet."}
      columns={[
        { title: "Age", of: (e) => <Age at={e.status.lastAt} /> },
        { title: "Type", of: (e) => <Badge>{e.status.type}</Badge> },
        { title: "Reason", of: (e) => e.status.reason },
        { title: "About", of: (e) => <About e={e} /> },
        { title: "Message", of: (e) => e.status.message + (e.status.count > 1 ? " (" + e.status.count + " times)" : "") },
      ]} />
  );
}

export function Events() {
  const [warnings, setWarnings] = useState(false);
  const all = useLoad(() => get("events?limit=300"), [], null);
  return (
    <>
      <h1>Events</h1>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <label><input type="checkbox" checked={warnings} onChange={(e) => setWarnings(e.target.checked)} /> warnings only</label>
      </form>
      <Loaded of={all} titled>
        {({ items }) => <EventList events={items.filter((e) => !warnings || e.status.type === "Warning")} none={warnings && items.length ? "No warnings." : ""} />}
      </Loaded>
    </>
  );
}

export function Instances() {
  return (
    <Listing title="Instances" load={() => list("instances", 5000)} kinds={["Instance"]}
      rowKey={(i) => i.metadata.name} none="No sandbox runs now."
      columns={[
        { title: "Instance", of: (i) => <code>{i.metadata.name}</code> },
        { title: "Skill", sort: (i) => i.metadata.domain + "/" + i.spec.skill, of: (i) => <a href={"#/skills/" + seg(i.metadata.domain) + "/" + seg(i.spec.skill)}>{i.metadata.domain}/{i.spec.skill}</a> },
        { title: "State", sort: (i) => i.status.phase, of: (i) => <Badge>{i.status.phase}</Badge> },
        { title: "Node", sort: (i) => i.status.node, of: (i) => i.status.node },
        { title: "Driver", of: (i) => i.spec.driver },
        { title: "Version", of: (i) => <Hash of={i.spec.content} /> },
        { title: "Message", of: (i) => ((i.status.conditions || []).find((c) => c.message) || {}).message || "–" },
        { title: "Age", sort: (i) => i.metadata.createdAt, of: (i) => <Age at={i.metadata.createdAt} /> },
      ]} />
  );
}
