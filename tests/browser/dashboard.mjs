// The dashboard in a real Chromium, against a whole asporad: node dashboard.mjs ADDRESS KEY VIEWER_KEY APPROVER_KEY WORK_TREE
// Prints "ok NAME" or "not ok NAME: why" for each test; test_dashboard.py starts the server and counts.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const [address, key, viewer, approver, work] = process.argv.slice(2);
const base = "http://" + address + "/";
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
const page = await context.newPage();
page.setDefaultTimeout(15000);
const trouble = [];
page.on("pageerror", (e) => trouble.push("error: " + e.message));
page.on("console", (m) => m.type() === "error" && !/status of 40[1349]|status of 422/.test(m.text()) && trouble.push("console: " + m.text()));
page.on("dialog", (d) => (trouble.push("a script opened a dialog: " + d.message()), d.dismiss()));
page.on("request", (r) => !r.url().startsWith(base) && !r.url().startsWith("data:") && trouble.push("asked elsewhere: " + r.url()));

let failed = 0;
async function test(name, fn) {
  try {
    trouble.length = 0;
    await fn();
    if (trouble.length) throw new Error(trouble.join("; "));
    console.log("ok " + name);
  } catch (e) {
    failed++;
    console.log("not ok " + name + ": " + String(e.message).replace(/\s+/g, " ").slice(0, 600));
  }
}
function must(fact, says) {
  if (!fact) throw new Error(says);
}
const go = async (hash, heading) => {
  await page.goto(base + "#/" + hash);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
};
const git = (...args) => execFileSync("git", ["-c", "user.name=Rita", "-c", "user.email=rita@example.com", "-c", "commit.gpgsign=false", "-C", work, ...args]);
function push(file, change, message) {
  const at = path.join(work, file);
  fs.writeFileSync(at, change(fs.readFileSync(at, "utf8")));
  git("add", "-A");
  git("commit", "-q", "-m", message);
  git("push", "-q", "origin", "HEAD:refs/heads/main");
}
async function login(p, k) {
  await p.goto(base);
  await p.getByLabel("API key").fill(k);
  await p.getByRole("button", { name: "Log in" }).click();
  await p.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

const pages = [["overview", "Overview"], ["skills", "Skills"], ["skills/ecm/order-details", /Order details/], ["releases", "Releases"], ["releases/1", /Release 1/],
  ["admissions", "Admissions"], ["executions", "Executions"], ["events", "Events"], ["instances", "Instances"]];

await test("a wrong key is refused in words, and nothing is shown", async () => {
  await page.goto(base);
  await page.getByLabel("API key").fill("aspora_wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("alert").getByText("the key is not valid").waitFor();
  must((await page.getByRole("navigation").count()) === 0, "pages are shown without a session");
});

await test("a key logs in; the cookie is out of reach of scripts and of other sites", async () => {
  await login(page, key);
  const cookie = (await context.cookies()).find((c) => c.name === "aspora_session");
  must(cookie && cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  must((await page.evaluate(() => document.cookie)) === "", "a script reads the cookie");
});

await test("a change without the session's token is refused", async () => {
  const status = await page.evaluate(() => fetch("/api/v1/suspensions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kind: "Domain", name: "hr" }) }).then((r) => r.status));
  must(status === 403, "it was answered " + status);
});

for (const [hash, heading] of pages)
  await test("page " + hash + " shows, and axe finds nothing serious, in the light and in the dark", async () => {
    await go(hash, heading);
    await page.locator(".loading").waitFor({ state: "detached" });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async (source) => {
        // Through an isolated function object: the page's policy forbids inline scripts.
        if (!window.axe) new Function(source).call(window);
        return (await window.axe.run(document, { resultTypes: ["violations"] })).violations;
      }, axe.source).catch(async () => {
        const session = await context.newCDPSession(page);
        await session.send("Runtime.evaluate", { expression: axe.source });
        const r = await session.send("Runtime.evaluate", { expression: "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))", awaitPromise: true, returnByValue: true });
        return JSON.parse(r.result.value);
      });
      const bad = found.filter((v) => v.impact === "serious" || v.impact === "critical");
      must(!bad.length, colorScheme + ": " + bad.map((v) => v.id + " " + v.nodes.map((n) => n.target + " " + (n.any[0] ? n.any[0].message : "")).join(" | ")).join("; "));
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

await test("the whole site is there for the keyboard alone", async () => {
  await go("overview", "Overview");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Tab");
  must((await page.evaluate(() => document.activeElement.className)) === "skip", "the first stop is not the link that skips");
  for (let i = 0; i < 12 && (await page.evaluate(() => document.activeElement.textContent)) !== "Skills"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Skills" }).waitFor();
});

await test("skills are searched, filtered and sorted", async () => {
  await page.evaluate(() => sessionStorage.clear());
  await go("skills", "Skills");
  await page.getByLabel("Search").fill("order status");
  await page.getByText("1 of 9").waitFor();
  await page.getByLabel("Search").fill("");
  await page.getByLabel("Domain").selectOption("frm");
  await page.getByText("3 of 9").waitFor();
  await page.getByLabel("Domain").selectOption("");
  const first = () => page.locator("tbody tr td:first-child").first().innerText();
  await page.getByRole("button", { name: "Skill" }).click();
  must((await first()) === "ecm/manager", "ascending: " + (await first()));
  await page.getByRole("button", { name: "Skill" }).click();
  must((await first()) === "wealth/portfolio-summary", "descending: " + (await first()));
});

await test("a skill shows what an execution did, and the trace of it", async () => {
  await page.evaluate((k) => fetch("/api/v1/executions?wait=30s", { method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer " + k }, body: JSON.stringify({ skill: "ecm/order-details", input: { order_id: "17" } }) }).then((r) => r.json()), key);
  await go("executions", "Executions");
  await page.locator("tbody a").first().click();
  await page.getByText("Order 17 is shipped").first().waitFor();
  await page.locator(".trace summary").first().click();
  await page.getByText("bubblewrap").first().waitFor();
  await go("skills/ecm/order-details", /Order details/);
  await page.getByText("1 run, 0 failed, 0 cancelled").waitFor();
  await page.getByText("100%", { exact: true }).waitFor();
});

await test("what changes while a page loads is shown by one more load, not by one for each change", async () => {
  let open = 0, most = 0, asked = 0, release;
  const held = new Promise((done) => (release = done));
  await page.route("**/api/v1/status", async (route) => {
    most = Math.max(most, ++open);
    asked++;
    await held;
    await route.continue();
    open--;
  });
  const first = page.waitForRequest("**/api/v1/status");
  await page.goto(base + "#/overview");
  await first;
  for (let i = 0; i < 3; i++)
    await page.evaluate((k) => fetch("/api/v1/executions?wait=30s", { method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer " + k }, body: JSON.stringify({ skill: "ecm/order-details", input: { order_id: "17" } }) }).then((r) => r.json()), key);
  must(asked === 1 && most === 1, asked + " loads began while the first was under way");
  const next = page.waitForRequest("**/api/v1/status");
  release();
  await next;
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.unroute("**/api/v1/status");
});

await test("a push is seen without reloading", async () => {
  await go("releases", "Releases");
  push("skills/ecm/order-details/SKILL.md", (t) => t + "\nAsk for the number first.\n", "ask first");
  const row = page.locator("tbody tr").filter({ hasText: "ask first" });
  await row.waitFor();
  await row.getByRole("link").first().click();
  await page.locator(".changes").getByText("SKILL.md changed").waitFor();
  await go("skills/ecm/order-details", /Order details/);
  await page.locator(".markdown").getByText("Ask for the number first.").waitFor();
});

await test("what is refused is shown on its line, with what to write", async () => {
  push("skills/hr/resume-screen/SKILL.md", (t) => t.replace(/^name: .*$/m, "name: [resume"), "a slip");
  await go("overview", "Overview");
  await page.getByRole("alert").getByText("AdmissionDenied").waitFor();
  // The first page says what it is about, and leads to the line.
  const needs = page.locator(".needs li").filter({ hasText: "hr" });
  await needs.getByText("skills/hr/resume-screen/SKILL.md").waitFor();
  await needs.getByRole("link", { name: "Show it on its line" }).click();
  await page.locator(".finding.deny .quote").first().waitFor();
  await go("overview", "Overview");
  await page.getByRole("link", { name: "Show what was refused" }).click();
  await page.locator("tbody tr").filter({ hasText: "Denied" }).getByRole("link").first().click();
  const finding = page.locator(".finding.deny").first();
  await finding.waitFor();
  must(/^\d+:\d+$/.test(await finding.locator(".line").innerText()), "no line: " + (await finding.innerText()));
  await page.getByText("skills/hr/resume-screen/SKILL.md").waitFor();
  await finding.locator(".remedy").waitFor();
  const quote = await finding.locator(".quote").innerText();
  must(quote.includes("[resume") || quote.includes("description:"), "the line is not shown: " + quote);
  must((await finding.locator(".quote mark").innerText()).length > 0, "its place is not marked");
  push("skills/hr/resume-screen/SKILL.md", (t) => t.replace("name: [resume", "name: resume-screen"), "as it was");
  await go("overview", "Overview");
  await page.getByRole("alert").waitFor({ state: "detached" });
});

await test("a change that waits for people is approved by two of them, each once", async () => {
  push("skills/hr/aspora.config.yaml", (t) => t + "policy:\n  approvals: 2\n", "two have to look at it");
  await go("overview", "Overview");
  const needs = page.locator(".needs li.waits").filter({ hasText: "hr" });
  await needs.getByText("WaitingForApproval").waitFor();
  await needs.getByRole("link", { name: "Show what waits" }).click();
  await page.getByText("waiting for approval (0 of 2)").waitFor();
  await go("admissions", "Admissions");
  const waiting = (p, n) => p.locator("tbody tr").filter({ hasText: "waiting for approval (" + n + " of 2)" });
  await waiting(page, 0).getByRole("button", { name: "Approve hr" }).click();
  const dialog = page.locator("dialog");
  await dialog.getByText("0 of the 2 people that must approve it have").waitFor();
  await dialog.getByText("Rita <rita@example.com>").waitFor();
  await page.getByLabel("Why").fill("read it");
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await dialog.locator(".done").waitFor();
  await page.getByRole("button", { name: "Leave it" }).click();
  // The same person again is told so before there is anything to press.
  await waiting(page, 1).getByRole("button", { name: "Approve hr" }).click();
  await dialog.getByRole("alert").getByText("you have approved it already").waitFor();
  must(await page.getByRole("button", { name: "Approve", exact: true }).isDisabled(), "it can be approved twice");
  await page.getByRole("button", { name: "Leave it" }).click();
  const other = await browser.newContext();
  const p = await other.newPage();
  await login(p, approver);
  await p.goto(base + "#/admissions");
  await waiting(p, 1).getByRole("link").click();
  await p.getByRole("cell", { name: "key:the-admin" }).waitFor();
  must((await p.getByRole("button", { name: "Take back" }).count()) === 0, "another's approval can be taken back");
  await p.getByRole("button", { name: "Approve …" }).click();
  await p.getByRole("button", { name: "Approve", exact: true }).click();
  await p.locator("dialog .done").waitFor();
  await p.getByRole("button", { name: "Leave it" }).click();
  await p.getByRole("heading", { level: 1 }).getByText("Allowed").waitFor();
  await p.getByRole("cell", { name: "key:the-approver" }).waitFor();
  await other.close();
});

await test("a rollback is two clicks, shows its plan first, and happens", async () => {
  await go("releases/1", /Release 1/);
  await page.getByRole("button", { name: "Roll ecm back to here" }).click();
  const plan = await page.locator("dialog .plan").innerText();
  must(plan.includes("ecm/order-details") && /text changed|SKILL\.md/.test(plan), "the plan does not say what would change: " + plan);
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  await page.locator("dialog .done").waitFor();
  must((await page.getByRole("button", { name: "Roll back", exact: true }).count()) === 0, "it is offered again");
  await page.getByRole("button", { name: "Close" }).click();
  await go("skills/ecm/order-details", /Order details/);
  await page.locator(".markdown").getByText("Ask for the number first.").waitFor({ state: "detached" });
});

await test("a release says who signed its commit", async () => {
  await go("releases/1", /Release 1/);
  await page.locator("dd").getByText("not looked at", { exact: true }).waitFor();
  const signatures = [
    [{ state: "good", kind: "ssh", signer: "ana@example.com", key: "SHA256:abc", detail: "" }, "signed by ana@example.com", "ssh SHA256:abc"],
    [{ state: "unsigned", kind: "", signer: "", key: "", detail: "" }, "not signed", ""],
    [{ state: "untrusted", kind: "openpgp", signer: "", key: "0123", detail: "" }, "signed with a key that nobody trusts", "openpgp 0123"],
    [{ state: "bad", kind: "ssh", signer: "", key: "SHA256:abc", detail: "" }, "the signature does not hold", "ssh SHA256:abc"],
    [{ state: "expired", kind: "openpgp", signer: "Bob", key: "0123", detail: "the key has expired" }, "signed with a key that was not valid then, that of Bob", "the key has expired"],
  ];
  for (const [signature, words, more] of signatures) {
    await page.route("**/api/v1/releases/1", async (r) => {
      const response = await r.fetch();
      const doc = await response.json();
      await r.fulfill({ response, json: { ...doc, status: { ...doc.status, signature } } });
    });
    await go("overview", "Overview");
    await go("releases/1", /Release 1/);
    const of = page.locator("dd").filter({ has: page.getByText(words, { exact: true }) });
    await of.waitFor();
    must((await of.textContent()).includes(more), "the key or the detail is missing: " + (await of.textContent()));
    await page.unroute("**/api/v1/releases/1");
  }
});

await test("what repositories write never runs", async () => {
  const corpus = ["<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "[a](javascript:alert(3))", "<svg/onload=alert(4)>", "![b](data:text/html,<script>alert(5)</script>)",
    "<iframe src=\"javascript:alert(6)\"></iframe>", "<a href=\"&#106;avascript:alert(7)\">c</a>", "[d](JaVaScRiPt:alert(8))", "<details open ontoggle=alert(9)>", "<style>*{display:none}</style>",
    "[e](vbscript:alert(10))", "<form action=/ui/session method=post><button>f</button></form>", "<base href=//evil.example/>", "<meta http-equiv=refresh content=0;url=//evil.example>", "<math><mi xlink:href=javascript:alert(11)>g"];
  push("skills/wealth/portfolio-summary/SKILL.md", (t) => t + "\n## Harmless\n\n" + corpus.join("\n\n") + "\n", "hostile text");
  await go("skills/wealth/portfolio-summary", /.*/);
  await page.waitForTimeout(300);
  const r = await page.evaluate(() => fetch("/api/v1/domains/wealth/skills/portfolio-summary/page").then((x) => x.json()));
  if (!r.html.includes("Harmless")) {
    // It was refused on its way in, which is as good; shown it is as a finding.
    await go("admissions", "Admissions");
    await page.locator("tbody tr").filter({ hasText: "wealth" }).filter({ hasText: "Denied" }).first().waitFor();
  } else {
    await page.locator(".markdown").getByText("Harmless").waitFor();
    must((await page.locator(".markdown script, .markdown iframe, .markdown form, .markdown svg, .markdown style, .markdown base, .markdown meta").count()) === 0, "markup came through");
    must((await page.locator(".markdown a[href^='javascript' i], .markdown a[href^='vbscript' i]").count()) === 0, "an address that runs code came through");
    for (const a of await page.locator(".markdown a").all()) await a.click({ trial: true });
  }
});

await test("a viewer sees no button that would be refused", async () => {
  const other = await browser.newContext();
  const p = await other.newPage();
  await login(p, viewer);
  await p.goto(base + "#/releases/1");
  await p.getByRole("heading", { level: 1, name: /Release 1/ }).waitFor();
  must((await p.getByRole("button", { name: /Roll / }).count()) === 0, "a rollback is offered");
  push("skills/hr/DOMAIN.md", (t) => t + "\nPeople first.\n", "waits");
  await p.goto(base + "#/admissions");
  await p.getByText("waiting for approval (0 of 2)").waitFor();
  must((await p.getByRole("button", { name: /Approve/ }).count()) === 0, "an approval is offered");
  await other.close();
});

await test("what is not there says so under a heading, and an error can be tried again", async () => {
  await go("skills/ecm/nothing", "There is nothing here");
  await page.getByRole("alert").getByText('there is no Skill "ecm/nothing"').waitFor();
  await page.goto(base + "#/nowhere");
  await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
  must((await page.locator("nav a[aria-current]").count()) === 0, "a page is marked that is not shown");
  await page.route("**/api/v1/events*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ detail: "the store is away", remedy: "wait a little" }) }));
  await go("events", "Events");
  await page.getByRole("alert").getByText("the store is away").waitFor();
  must((await page.getByRole("heading", { level: 1 }).count()) === 1, "two headings");
  await page.unroute("**/api/v1/events*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("tbody tr").first().waitFor();
  trouble.length = 0; // the console tells of the 503 that was made here
});

await test("the verdict on the platform itself has a page", async () => {
  await go("admissions", "Admissions");
  await page.getByRole("link", { name: /^the platform / }).last().click();
  await page.getByRole("heading", { level: 1, name: /^the platform [0-9a-f]{12} Allowed$/ }).waitFor();
});

await test("times are told in words, with how long ago; digests are never broken", async () => {
  await go("releases/1", /Release 1/);
  await page.locator(".facts dd").filter({ hasText: /^\d+ \w+ 20\d\d, \d\d:\d\d:\d\d \S+ \(\w+ ago\)$/ }).waitFor();
  for (const [hash, heading] of pages) {
    await go(hash, heading);
    await page.locator(".loading").waitFor({ state: "detached" });
    const broken = await page.evaluate(() => [...document.querySelectorAll("code.hash")].filter((c) => c.getClientRects().length > 1).map((c) => c.textContent));
    must(!broken.length, hash + " breaks " + broken.join(", "));
    // A word is not cut in two where the table is wide enough for it.
    const cut = await page.evaluate(() => [...document.querySelectorAll("td .badge, th")].filter((c) => c.scrollWidth > c.clientWidth + 1 && c.clientWidth).map((c) => c.textContent));
    must(!cut.length, hash + " cuts " + cut.join(", "));
  }
});

await test("a plot is drawn from zero with units, in the colours of the scheme; none is drawn of nothing", async () => {
  await go("skills/ecm/order-details", /Order details/);
  const plot = page.getByRole("img", { name: /^Time, \d+ executions, last .* m?s, most .* m?s$/ });
  await plot.waitFor();
  const ink = () => plot.locator("canvas").evaluate((c) => {
    const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    let sum = 0, n = 0;
    for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200) (sum += d[i] + d[i + 1] + d[i + 2]), n++;
    return n ? sum / n / 3 : -1;
  });
  const light = await ink();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(([was]) => {
    const c = document.querySelector(".plot canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    return d.some((v, i) => i % 4 === 0 && v > 220 && d[i + 3] > 200) && was >= 0;
  }, [light]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByText("None of them has cost anything.").waitFor();
  await go("skills/hr/resume-screen", /.*/);
  await page.getByText("Nothing has run yet.").first().waitFor();
});

await test("executions are searched by skill and by who asked", async () => {
  await go("executions", "Executions");
  await page.locator("tbody tr").first().waitFor();
  await page.getByLabel("Search").fill("order-details");
  must((await page.locator("tbody tr").count()) > 0, "none of it is found");
  await page.getByLabel("Search").fill("nobody/nothing");
  await page.getByText("No execution is like that.").waitFor();
});

await test("the overview says what is in quarantine and why", async () => {
  await go("overview", "Overview");
  const row = page.getByRole("table", { name: "Versions in quarantine" }).locator("tbody tr").filter({ hasText: "ecm/order-details" });
  await row.getByText("rolled back in the dashboard by").waitFor();
  await row.getByRole("link", { name: "ecm/order-details" }).click();
  await page.getByRole("heading", { level: 1, name: /Order details/ }).waitFor();
});

await test("skills are filtered by the state that they show", async () => {
  await page.evaluate(() => sessionStorage.clear());
  await go("skills", "Skills");
  await page.locator("tbody tr").first().waitFor();
  const state = await page.locator('tbody td[data-title="State"]').first().innerText();
  await page.getByLabel("State").selectOption(state);
  const all = await page.locator('tbody td[data-title="State"]').allInnerTexts();
  must(all.length && all.every((t) => t === state), state + " shows " + all.join(", "));
});

await test("it is readable on a phone", async () => {
  await page.setViewportSize({ width: 375, height: 740 });
  await page.evaluate(() => sessionStorage.clear());
  for (const [hash, heading] of pages) {
    await go(hash, heading);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    must(wide <= 0, hash + " is " + wide + " pixels too wide");
    // A row is a card in which each value has its title, and enough room beside it.
    const narrow = await page.evaluate(() => [...document.querySelectorAll("td > div")].filter((d) => d.textContent && d.getBoundingClientRect().width < 150).map((d) => d.parentNode.dataset.title));
    must(!narrow.length, hash + " has no room for " + narrow.join(", "));
    const untitled = await page.evaluate(() => [...document.querySelectorAll("td")].filter((d) => d.dataset.title && !getComputedStyle(d, "::before").content.includes(d.dataset.title)).length);
    must(!untitled, hash + " shows values without their titles");
    must(await page.evaluate(() => [...document.querySelectorAll("table")].every((t) => t.getAttribute("role") === "table")), hash + " has lost its tables");
  }
  await page.setViewportSize({ width: 1200, height: 900 });
});

await test("logging out ends the session", async () => {
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("API key").waitFor();
  must((await page.evaluate(() => fetch("/api/v1/skills").then((r) => r.status))) === 401, "the session is still good");
});

await browser.close();
process.exit(failed ? 1 : 0);
