// Review one alert: add up its signals and recommend what to do.
const fs = require("fs");
const path = require("path");

const points = { new_device: 2, new_country: 2, night: 1, five_times_usual: 3, watch_list: 10 };
const alerts = JSON.parse(fs.readFileSync(path.join(__dirname, "..", "data", "alerts.json"), "utf8"));

function review(id, signals) {
  if (!signals) return { alert: id, found: false, recommendation: "escalate", reason: "there is no such alert" };
  const known = signals.filter((s) => s in points);
  const score = known.reduce((sum, s) => sum + points[s], 0);
  const recommendation = score >= 10 ? "escalate" : score >= 4 ? "watch" : "close";
  return { alert: id, found: true, score, signals: known, recommendation };
}

let raw = "";
process.stdin.on("data", (piece) => (raw += piece));
process.stdin.on("end", () => {
  const context = JSON.parse(raw);
  const params = (context.trigger && context.trigger.params) || {};
  const given = context.input && typeof context.input === "object" ? context.input : {};
  // A manager forwards what somebody wrote; the number of the alert is somewhere in it.
  const written = (/\bA-\d+\b/i.exec(given.text || "") || [""])[0];
  const id = String(given.alert_id || params.alert_id || written).toUpperCase();
  const unnamed = !id && !given.signals && (context.trigger || {}).kind === "command";
  const output = unnamed
    ? { found: false, reason: "which alert? Say for example 'review alert A-1'" }
    : review(id, given.signals || alerts[id]);
  process.stdout.write(JSON.stringify({ apiVersion: "aspora/v1", kind: "SkillResult", output }));
});
