// Logging in to the dashboard at a real provider, in a real Chromium: node login.mjs BASE_URL LABEL PERSON
// Prints "ok NAME" or "not ok NAME: why"; test_oidc_login.py starts both servers and counts.
import axe from "axe-core";
import { chromium } from "playwright-core";

const [base, label, person] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failed = 0;
async function test(name, fn) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  try {
    await fn(page, context);
    console.log("ok " + name);
  } catch (e) {
    failed++;
    console.log("not ok " + name + ": " + String(e.message).replace(/\s+/g, " ").slice(0, 600));
  }
  await context.close();
}
function must(fact, says) {
  if (!fact) throw new Error(says);
}
async function there(page, who) {
  await page.goto(base + "/");
  await page.getByRole("link", { name: "Log in with " + label }).click();
  await page.locator("input[name=login]").fill(who);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}

await test("the login page offers the issuer, reachable by key, without serious findings", async (page) => {
  await page.goto(base + "/");
  const link = page.getByRole("link", { name: "Log in with " + label });
  await link.waitFor();
  await page.getByRole("button", { name: "Log in", exact: true }).focus();
  await page.keyboard.press("Tab");
  must(await link.evaluate((e) => e === document.activeElement), "the link is not next to the button");
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  must(serious.length === 0, serious.map((v) => v.id).join(", "));
});

await test("a person logs in there and is known here, from another site and back", async (page, context) => {
  await there(page, person);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  must(page.url().startsWith(base + "/") && !/code=|state=|token/.test(page.url()), page.url());
  must((await page.locator("header").innerText()).includes(person), "the header does not name " + person);
  const cookies = (await context.cookies(base)).filter((c) => c.name.startsWith("aspora"));
  must(cookies.length === 1 && cookies[0].name === "aspora_session" && cookies[0].httpOnly && cookies[0].sameSite === "Strict", JSON.stringify(cookies));
  must((await page.evaluate(() => document.cookie)) === "", "a script can read a cookie");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("API key").waitFor();
  must((await context.cookies(base)).every((c) => c.name !== "aspora_session"), "the session outlives the logout");
});

await test("who has no role is told so", async (page) => {
  await there(page, "eve");
  await page.getByRole("alert").waitFor();
  must((await page.getByRole("alert").innerText()).includes("no rule lets you in"), await page.getByRole("alert").innerText());
});

await test("words in the address are not shown", async (page) => {
  for (const odd of ["<img src=x onerror=alert(1)>", "constructor", "toString", "__proto__"]) {
    await page.goto(base + "/#/login/" + encodeURIComponent(odd));
    await page.reload();
    await page.getByLabel("API key").waitFor();
    must((await page.getByRole("alert").count()) === 0, odd);
  }
});

await browser.close();
process.exit(failed ? 1 : 0);
