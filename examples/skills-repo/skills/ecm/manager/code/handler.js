// Decide which order skill answers.
let raw = "";
process.stdin.on("data", (piece) => (raw += piece));
process.stdin.on("end", () => {
  const context = JSON.parse(raw);
  const params = (context.trigger && context.trigger.params) || {};
  const given = context.input;
  const text = String(
    (given && given.text) || (typeof given === "string" && given) || params.question || (context.trigger || {}).text || "",
  ).toLowerCase();
  const result = { apiVersion: "aspora/v1", kind: "SkillResult" };
  if (/\b(stuck|late|broken|refund|missing|wrong)\b/.test(text)) {
    result.forward = "ecm/triage-and-assign";
    result.output = { skill: "triage-and-assign", reason: "something is wrong with an order" };
  } else if (/\d/.test(text)) {
    result.forward = "ecm/order-details";
    result.output = { skill: "order-details", reason: "a question about one order" };
  } else {
    result.output = { skill: null, reason: "ask about one order by its number, or say what went wrong" };
  }
  process.stdout.write(JSON.stringify(result));
});
