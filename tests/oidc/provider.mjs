// A real provider of OpenID Connect (oidc-provider, certified) on loopback: node provider.mjs REDIRECT_URI ...
// Prints one line of JSON once it listens: its issuer. Beside the provider's own routes:
//   POST /test/sign  {"claims", "header", "key"}: a token as this issuer would sign it, or as a stranger does ("key": "stranger", "new")
//   POST /test/state {"down", "publish_new"}: answers nothing but 503; publishes the key "new" beside the others
//   GET  /test/seen  how often discovery and keys were asked for
import http from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { Provider } from "oidc-provider";

const redirects = process.argv.slice(2);
const people = {
  rita: { email: "rita@example.com", email_verified: true, groups: ["reviewers"] },
  otto: { email: "otto@example.com", email_verified: true, groups: ["operators", "staff"] },
  eve: { email: "otto@example.com", email_verified: false, groups: [] },
};

const keys = {};
async function make(kid, alg) {
  const pair = await generateKeyPair(alg, { extractable: true });
  keys[kid] = { alg, private: pair.privateKey, public: { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" }, secret: { ...(await exportJWK(pair.privateKey)), kid, alg, use: "sig" } };
}
await make("r1", "RS256");
await make("e1", "ES256");
await make("d1", "EdDSA");
await make("new", "RS256");
await make("stranger", "RS256");

const state = { down: false, publish_new: false };
const seen = { discovery: 0, keys: 0, token: 0 };
const server = http.createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = "http://127.0.0.1:" + server.address().port;

const client = (id, more) => ({ client_id: id, client_secret: "a secret: of/" + id, redirect_uris: redirects, grant_types: ["authorization_code"], response_types: ["code"], ...more });
const provider = new Provider(issuer, {
  jwks: { keys: [keys.r1.secret, keys.e1.secret, keys.d1.secret] },
  clients: [
    client("dashboard", {}),
    client("posting", { token_endpoint_auth_method: "client_secret_post" }),
    client("public", { client_secret: undefined, token_endpoint_auth_method: "none" }),
    client("es256", { id_token_signed_response_alg: "ES256" }),
    client("robot", { grant_types: ["client_credentials"], redirect_uris: [], response_types: [] }),
  ],
  pkce: { required: () => true, methods: ["S256"] },
  cookies: { keys: ["a test"] },
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
  scopes: ["openid", "email", "groups"],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "https://aspora.test",
      getResourceServerInfo: (_, resource) => ({ scope: "api", audience: resource, accessTokenFormat: "jwt", accessTokenTTL: 300, jwt: { sign: { alg: "RS256" } } }),
      useGrantedResource: () => true,
    },
  },
  extraTokenClaims: (_, token) => (token.clientId === "robot" ? { team: "robots" } : undefined),
});

const body = async (req) => {
  let text = "";
  for await (const piece of req) text += piece;
  return text ? JSON.parse(text) : {};
};
const answer = (res, status, doc) => {
  res.writeHead(status, { "Content-Type": "application/json" });
  res.end(JSON.stringify(doc));
};
const callback = provider.callback();
server.on("request", async (req, res) => {
  if (req.url === "/test/state") return answer(res, 200, Object.assign(state, await body(req)));
  if (req.url === "/test/seen") return answer(res, 200, seen);
  if (req.url === "/test/sign") {
    const { claims, header = {}, key = "r1" } = await body(req);
    const token = await new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ alg: keys[key].alg, kid: key, typ: "JWT", ...header }).sign(keys[key].private);
    return answer(res, 200, { token });
  }
  // As GitHub's runner gives a job its token: whoever has the runner's own bearer names the audience.
  const runner = new URL(req.url, issuer);
  if (runner.pathname === "/test/runner") {
    if (req.headers.authorization !== "Bearer of the runner" || runner.searchParams.get("api-version") !== "2.0") return answer(res, 401, {});
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: runner.searchParams.get("audience"), sub: "repo:octo/skills:environment:production", repository: "octo/skills", ref: "refs/heads/main", environment: "production", iat: now, exp: now + 300 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "r1", typ: "JWT", x5t: "thumb" }).sign(keys.r1.private);
    return answer(res, 200, { count: token.length, value: token });
  }
  seen.discovery += req.url === "/.well-known/openid-configuration";
  seen.keys += req.url === "/jwks";
  seen.token += req.url === "/token";
  if (state.down) return answer(res, 503, { error: "down" });
  if (req.url === "/jwks") return answer(res, 200, { keys: [keys.r1, keys.e1, keys.d1, ...(state.publish_new ? [keys.new] : [])].map((k) => k.public) });
  return callback(req, res);
});
console.log(JSON.stringify({ issuer }));
