import "./app.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { issuers, login, logout, onEnd, resume, session } from "./api.js";
import * as live from "./live.js";
import { Overview } from "./overview.jsx";
import { Skill, Skills } from "./skills.jsx";
import { Release, Releases } from "./releases.jsx";
import { Admission, Admissions } from "./admissions.jsx";
import { Execution, Executions } from "./executions.jsx";
import { Events, Instances } from "./world.jsx";

const pages = [
  ["overview", "Overview", Overview],
  ["skills", "Skills", Skills, Skill, 2],
  ["releases", "Releases", Releases, Release, 1],
  ["admissions", "Admissions", Admissions, Admission, 2],
  ["executions", "Executions", Executions, Execution, 1],
  ["events", "Events", Events],
  ["instances", "Instances", Instances],
];

// "#/skills/ecm/manager" → ["skills", "ecm", "manager"]
function place() {
  const parts = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return [];
  }
}

// What a login at an issuer came to, where it came to nothing: one word in the address, and what it means.
const outcomes = {
  denied: "You are known, and no rule lets you in here. An operator can add one (oidc in asporad.conf).",
  refused: "The login was refused. Try again; the log of the gateway says why.",
  expired: "The login took too long, or began in another browser. Try again.",
  unavailable: "The issuer cannot be reached now. Try again in a moment.",
};

function Login({ done }) {
  const at = place();
  const [error, setError] = useState(at[0] === "login" && Object.hasOwn(outcomes, at[1]) ? { message: outcomes[at[1]] } : null);
  const [others, setOthers] = useState([]);
  useEffect(() => void issuers().then(setOthers), []);
  const [busy, setBusy] = useState(false);
  const submit = async (e) => {
    e.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await login(new FormData(e.target).get("key").trim());
      done();
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <main class="login" id="main">
      <h1>Aspora</h1>
      <form onSubmit={submit}>
        <label for="key">API key</label>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck={false} required autofocus aria-describedby="key-help" />
        <p id="key-help" class="quiet">An operator makes one with <code>aspora key create NAME --role viewer</code>.</p>
        {error && <p class="problem" role="alert">{error.message}</p>}
        <button type="submit" class="main" disabled={busy}>Log in</button>
      </form>
      {others.length > 0 && (
        <section class="issuers" aria-label="Other ways to log in">
          <p class="quiet">or</p>
          {others.map((o) => <a key={o.name} class="button" href={"/ui/login/" + encodeURIComponent(o.name)}>Log in with {o.label}</a>)}
        </section>
      )}
    </main>
  );
}

function Live() {
  const [state, set] = useState("starting");
  useEffect(() => live.onState(set), []);
  const words = { starting: "connecting", live: "live", broken: "not connected" };
  return <span class={"live " + state} role="status">{words[state]}</span>;
}

function Nowhere() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>The pages are above; <a href="#/overview">the overview</a> is the first.</p>
    </>
  );
}

function Shell({ leave }) {
  const [at, setAt] = useState(place());
  useEffect(() => {
    const moved = () => {
      setAt(place());
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", moved);
    live.start();
    return () => {
      window.removeEventListener("hashchange", moved);
      live.stop();
    };
  }, []);
  // What a login came to stands in the address, too; after it the overview is shown.
  const known = pages.find((p) => p[0] === at[0]) || (!at.length || at[0] === "login" ? pages[0] : ["", "No such page", Nowhere]);
  const [name, title, Many, One, names] = known;
  const one = One && at.length > names;
  useEffect(() => {
    document.title = (one ? at.slice(1).join("/") : title) + " · Aspora";
  }, [at.join("/")]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main").focus(); }}>Skip to the content</a>
      <header>
        <a class="brand" href="#/overview">Aspora</a>
        <nav aria-label="Pages">
          {pages.map(([key, title]) => <a key={key} href={"#/" + key} aria-current={key === name ? "page" : undefined}>{title}</a>)}
        </nav>
        <div class="who">
          <Live />
          <span title={"domains: " + session.domains.join(", ")}>{session.name} <span class="quiet">{session.role}</span></span>
          <button type="button" onClick={leave}>Log out</button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {one ? <One key={at.join("/")} names={at.slice(1)} /> : <Many key={name} />}
      </main>
    </>
  );
}

function App() {
  const [state, set] = useState("asking");
  useEffect(() => {
    onEnd(() => set("out"));
    resume().then(() => set("in"), () => set("out"));
  }, []);
  const leave = () => logout().catch(() => {}).then(() => set("out"));
  if (state === "asking") return <p class="loading">Loading …</p>;
  return state === "in" ? <Shell leave={leave} /> : <Login done={() => set("in")} />;
}

const root = document.getElementById("app");
root.textContent = "";
render(<App />, root);
