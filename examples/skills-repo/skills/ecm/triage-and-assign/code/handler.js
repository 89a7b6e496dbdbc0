// Score a problem with an order and assign it to a team.
const rules = [
  { words: /\b(refund|charged twice)\b/, points: 3, team: "payments" },
  { words: /\b(broken|wrong item)\b/, points: 2, team: "warehouse" },
  { words: /\b(stuck|late)\b/, points: 1, team: "logistics" },
];

function triage(problem, amount) {
  let points = 0;
  let team = "logistics";
  for (const rule of rules) {
    if (rule.words.test(problem)) {
      if (points === 0) team = rule.team;
      points += rule.points;
    }
  }
  if (amount > 10000) {
    points += 4;
    team = "payments";
  } else if (amount > 1000) {
    points += 2;
  }
  return { urgency: points >= 4 ? "urgent" : points >= 2 ? "normal" : "low", points, team };
}

let raw = "";
process.stdin.on("data", (piece) => (raw += piece));
process.stdin.on("end", () => {
  const context = JSON.parse(raw);
  const params = (context.trigger && context.trigger.params) || {};
  const given = context.input && typeof context.input === "object" ? context.input : { problem: context.input };
  const problem = String(given.problem || params.problem || given.text || (context.trigger || {}).text || "").toLowerCase();
  const output = triage(problem, Number(given.amount || 0));
  // A manager forwards what somebody wrote; the number of the order is somewhere in it.
  const written = (/\d+/.exec(given.text || "") || [""])[0];
  output.order = String(given.order_id || params.order_id || written);
  process.stdout.write(JSON.stringify({ apiVersion: "aspora/v1", kind: "SkillResult", output }));
});
