#include "cli/elsewhere.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"

#define FILES "change the files in Git and push, or `aspora apply -f` them"
#define POOL "limits.concurrency and runtime.pool of aspora.config.yaml say how many run"
#define SYNC "`aspora sync SOURCE` looks at a source now; `aspora get sources` lists them"
#define CONTEXTS "`aspora config set-context NAME --server URL --key KEY` keeps a gateway and a key"
#define HOLD "`aspora suspend` holds a source, a domain or a skill"
#define SOURCES "sources are in asporad.conf; `aspora get sources` lists them"
#define ROLES "`aspora key create NAME --role ROLE --domains LIST` says what somebody may"
#define RECONCILED "a skill is put in place by its files alone: " FILES
#define DOOR                                                                                       \
	"a sandbox has no way in: `aspora run` runs a skill, and `aspora logs` shows what it said"
#define NODES "`aspora get instances -o wide` names the node that each runs on"
#define CONFIGURATION                                                                              \
	"configuration is in Git: `aspora explain --effective DOMAIN/NAME` says what holds"
#define SECRETS "secrets are references in asporad.conf (env:NAME, file:/PATH), never objects"
#define ASPORAD                                                                                    \
	"asporad is installed by its package or by `make install`; asporad(8) says how it is run"

/* clang-format off */
/* The rows with a second word come before the one without. */
const struct cli_elsewhere cli_elsewhere_verbs[] = {
	/* kubectl */
	{"edit", NULL, FILES},
	{"patch", NULL, FILES},
	{"replace", NULL, "`aspora apply -f` does"},
	{"set", NULL, FILES},
	{"annotate", NULL, "`aspora label` gives objects labels"},
	{"scale", NULL, POOL},
	{"autoscale", NULL, POOL},
	{"expose", NULL, "triggers in SKILL.md say what a skill answers to; `aspora get routes` lists them"},
	{"exec", NULL, DOOR},
	{"attach", NULL, "`aspora logs -f EXECUTION` follows an execution"},
	{"cp", NULL, DOOR},
	{"port-forward", NULL, DOOR},
	{"debug", NULL, DOOR},
	{"proxy", NULL, "the gateway answers itself, at --server, with the key as a bearer token"},
	{"cordon", NULL, HOLD},
	{"uncordon", NULL, "`aspora resume` lets a source, a domain or a skill go on"},
	{"drain", NULL, HOLD},
	{"taint", NULL, HOLD},
	{"kustomize", NULL, "there are no templates: a folder is deployed as it is"},
	{"certificate", NULL, "asporad.conf names the gateway's certificate (tls)"},
	{"plugin", NULL, "there are no plugins; a program of your own may use the API (aspora-api(7))"},
	{"options", NULL, "`aspora VERB --help` lists a verb's options"},
	{"cluster-info", NULL, "`aspora status` says how the platform is"},
	{"api-versions", NULL, "`aspora api-resources` lists the kinds"},
	{"rollout", "restart", "a sandbox serves one run and another takes its place; new content is a new rollout"},
	{"config", "use", "type `aspora config use-context NAME`"},
	{"config", "get-clusters", "type `aspora config get-contexts`"},
	{"config", "get-users", "type `aspora config get-contexts`"},
	{"config", "set-cluster", CONTEXTS},
	{"config", "set-credentials", CONTEXTS},
	{"config", "set", CONTEXTS},
	{"config", "unset", "an empty value takes a setting away: `aspora config set-context NAME --domain ''`"},
	{"auth", "reconcile", ROLES},
	{"create", "namespace", "a folder below skills/ is a domain: `aspora create skill DOMAIN/NAME`"},
	{"create", "ns", "a folder below skills/ is a domain: `aspora create skill DOMAIN/NAME`"},
	{"create", "role", ROLES},
	{"create", "rolebinding", ROLES},
	{"create", "serviceaccount", "`aspora key create NAME` makes a key"},
	{"create", "token", "`aspora key create NAME` makes a key"},
	{"create", "job", "`aspora run DOMAIN/SKILL` runs a skill"},
	{"create", "secret", SECRETS},
	{"create", "configmap", "configuration is aspora.config.yaml, beside the skills"},
	/* Flux */
	{"reconcile", NULL, SYNC},
	{"trace", NULL, "`aspora why DOMAIN/SKILL` says where it comes from"},
	{"stats", NULL, "`aspora status` says how the platform is, and `aspora top` what it costs"},
	{"export", NULL, "`aspora get KIND NAME -o yaml` prints an object"},
	{"build", NULL, "nothing is built: `aspora admit` says whether the folder may be released"},
	{"bootstrap", NULL, ASPORAD},
	{"install", NULL, ASPORAD},
	{"uninstall", NULL, ASPORAD},
	{"migrate", NULL, "asporad brings its schema up to date when it starts"},
	{"push", NULL, "`git push` deploys, or `aspora apply -f` does without a repository"},
	{"pull", NULL, "`aspora get skill DOMAIN/NAME -o yaml` prints what is deployed"},
	/* Argo CD; both have what is "undo" or "pause" by itself */
	{"refresh", NULL, SYNC},
	{"undo", NULL, "`aspora rollout undo DOMAIN/SKILL`, or `aspora rollback DOMAIN`"},
	{"pause", NULL, "`aspora rollout pause DOMAIN/SKILL`, or `aspora suspend`"},
	{"app", "list", "type `aspora get domains`"},
	{"app", "get", "type `aspora describe domain DOMAIN`"},
	{"app", "diff", "type `aspora diff -f PATH`, or `aspora diff --from RELEASE DOMAIN`"},
	{"app", "sync", SYNC},
	{"app", "wait", "type `aspora wait domain DOMAIN`"},
	{"app", "history", "type `aspora history DOMAIN`"},
	{"app", "rollback", "type `aspora rollback DOMAIN --to RELEASE`"},
	{"app", "manifests", "type `aspora get skills -d DOMAIN -o yaml`"},
	{"app", "resources", "type `aspora tree DOMAIN`"},
	{"app", "logs", "type `aspora logs DOMAIN/SKILL`"},
	{"app", "delete", "type `aspora delete domain DOMAIN`"},
	{"app", "create", RECONCILED},
	{"app", "set", RECONCILED},
	{"app", "edit", RECONCILED},
	{"app", "terminate-op", "type `aspora rollout pause DOMAIN/SKILL`"},
	{"app", NULL, "an application is a domain here: `aspora get domains`, `aspora describe domain DOMAIN`"},
	{"appset", NULL, "a folder below skills/ is a domain, and needs no template"},
	{"proj", NULL, "a domain is what a project is; its policy is in skills/DOMAIN/aspora.config.yaml"},
	{"repo", NULL, SOURCES},
	{"cluster", NULL, "one asporad is one platform; `aspora config get-contexts` lists those you know"},
	{"account", "can-i", "type `aspora auth can-i VERB KIND`"},
	{"account", NULL, "`aspora key list` lists keys, and `aspora auth whoami` says whose yours is"},
	{"login", NULL, CONTEXTS},
	{"relogin", NULL, CONTEXTS},
	{"logout", NULL, "`aspora config delete-context NAME` forgets a gateway and its key"},
	{"context", NULL, "`aspora config get-contexts` lists them, and use-context takes another"},
	{"admin", NULL, "asporad(8) has what is done on the server itself"},
	{"cert", NULL, "asporad.conf names certificates and host keys (tls, sources)"},
	{"gpg", NULL, "asporad.conf says who may sign (sources, signatures)"},
	{NULL, NULL, NULL},
};

#define NO_TEMPLATE "there are no Go templates: write -o jsonpath='{.metadata.name}' or -o custom-columns=NAME:.metadata.name"
#define ALWAYS "it is always so: leave it out"
#define LATER "leave it out: what is deleted finishes the sessions that it has"

const struct cli_elsewhere cli_elsewhere_options[] = {
	{NULL, "--template", NO_TEMPLATE},
	{NULL, "-t", NO_TEMPLATE},
	{NULL, "--kubeconfig", "ASPORA_CONFIG names a file of contexts, and --context one of them"},
	{NULL, "--cluster", "a context is a gateway and a key: --context NAME"},
	{NULL, "--user", "a context is a gateway and a key: --context NAME"},
	{NULL, "--token", "--key takes an API key, and ASPORA_TOKEN a token of OpenID Connect"},
	{NULL, "--auth-token", "--key takes an API key, and ASPORA_TOKEN a token of OpenID Connect"},
	{NULL, "--as", "use a key of the role that you mean: --key"},
	{NULL, "--as-group", "use a key of the role that you mean: --key"},
	{NULL, "--insecure-skip-tls-verify", "type `aspora config set-context NAME --insecure-skip-tls-verify`"},
	{NULL, "--insecure", "type `aspora config set-context NAME --insecure-skip-tls-verify`"},
	{NULL, "--certificate-authority", "write ASPORA_CA=FILE, or `aspora config set-context NAME --certificate-authority FILE`"},
	{NULL, "-v", "what was asked and answered is in asporad's log and in `aspora audit`"},
	{NULL, "-k", "there are no templates: -f takes a folder as it is"},
	{NULL, "--kustomize", "there are no templates: -f takes a folder as it is"},
	{NULL, "--raw", "-o json prints an object as the gateway has it; aspora-api(7) has the paths"},
	{NULL, "--server-print", ALWAYS},
	{NULL, "--subresource", "an object is read whole: status is in it"},
	{"apply", "--server-side", ALWAYS},
	{"apply", "--force-conflicts", "a domain of another source is laid over with --override --ttl 2h"},
	{"apply", "--force", "a domain of another source is laid over with --override --ttl 2h"},
	{"apply", "--field-manager", "--set names the apply set that owns what is applied"},
	{"apply", "-R", "a folder is taken whole: leave it out"},
	{"apply", "--recursive", "a folder is taken whole: leave it out"},
	{"apply", "-l", "name what is meant with -f"},
	{"get", "-R", "a folder is taken whole: leave it out"},
	{"get", "--recursive", "a folder is taken whole: leave it out"},
	{"create", "-f", "type `aspora apply -f PATH`"},
	{"create", "--filename", "type `aspora apply -f PATH`"},
	{"delete", "--force", LATER},
	{"delete", "--grace-period", LATER},
	{"delete", "--now", LATER},
	{"delete", "--cascade", LATER},
	{"logs", "-p", "`aspora get executions --skill DOMAIN/NAME` lists earlier ones for `aspora logs EXECUTION`"},
	{"logs", "--previous", "`aspora get executions --skill DOMAIN/NAME` lists earlier ones for `aspora logs EXECUTION`"},
	{"logs", "-c", "an execution has one log: leave it out"},
	{"logs", "--container", "an execution has one log: leave it out"},
	{"logs", "--timestamps", ALWAYS},
	{"logs", "-l", "`aspora get executions --skill DOMAIN/NAME` lists what ran, for `aspora logs EXECUTION`"},
	{"logs", "--level", "what the platform does is in `aspora events`, and its own log is asporad's"},
	{"logs", "--kind", "what the platform does is in `aspora events --for KIND/NAME`"},
	{"logs", "--all-namespaces", "what the platform does is in `aspora events`, and its own log is asporad's"},
	{"logs", "-A", "what the platform does is in `aspora events`, and its own log is asporad's"},
	{"run", "--image", "what is run is deployed already: `aspora run DOMAIN/NAME`"},
	{"run", "--rm", "leave it out: a sandbox serves one run"},
	{"sync", "--prune", "what Git has no more is deleted by itself, within the limits of policy"},
	{"sync", "--revision", "a source follows its branch; `aspora rollback DOMAIN --to RELEASE` goes back"},
	{"sync", "--with-source", ALWAYS},
	{"check", "--pre", "`aspora status` says how the platform is"},
	{"config", "--minify", "`aspora config get-contexts NAME -o yaml` prints one context"},
	{"config", "--flatten", ALWAYS},
	{"config", "--raw", "a key that is written out is shown by nothing but the file itself"},
	{"label", "-f", "name the objects: `aspora label KIND NAME KEY=VALUE`"},
	{NULL, NULL, NULL},
};

const struct cli_elsewhere cli_elsewhere_kinds[] = {
	{NULL, "ns", "domains"},
	{NULL, "namespace", "domains"},
	{NULL, "namespaces", "domains"},
	{NULL, "app", "domains"},
	{NULL, "apps", "domains"},
	{NULL, "application", "domains"},
	{NULL, "applications", "domains"},
	{NULL, "ks", "domains"},
	{NULL, "kustomization", "domains"},
	{NULL, "kustomizations", "domains"},
	{NULL, "project", "domains"},
	{NULL, "projects", "domains"},
	{NULL, "po", "instances"},
	{NULL, "pod", "instances"},
	{NULL, "pods", "instances"},
	{NULL, "deploy", "skills"},
	{NULL, "deployment", "skills"},
	{NULL, "deployments", "skills"},
	{NULL, "deployments.apps", "skills"},
	{NULL, "sts", "skills"},
	{NULL, "statefulset", "skills"},
	{NULL, "statefulsets", "skills"},
	{NULL, "helmrelease", "skills"},
	{NULL, "helmreleases", "skills"},
	{NULL, "svc", "routes"},
	{NULL, "service", "routes"},
	{NULL, "services", "routes"},
	{NULL, "ing", "routes"},
	{NULL, "ingress", "routes"},
	{NULL, "ingresses", "routes"},
	{NULL, "cronjob", "routes"},
	{NULL, "cronjobs", "routes"},
	{NULL, "job", "executions"},
	{NULL, "jobs", "executions"},
	{NULL, "rs", "releases"},
	{NULL, "replicaset", "releases"},
	{NULL, "replicasets", "releases"},
	{NULL, "gitrepo", "sources"},
	{NULL, "gitrepository", "sources"},
	{NULL, "gitrepositories", "sources"},
	{NULL, "repo", "sources"},
	{NULL, "repos", "sources"},
	{NULL, "sa", "keys"},
	{NULL, "serviceaccount", "keys"},
	{NULL, "serviceaccounts", "keys"},
	{NULL, "no", NODES},
	{NULL, "node", NODES},
	{NULL, "nodes", NODES},
	{NULL, "cm", CONFIGURATION},
	{NULL, "configmap", CONFIGURATION},
	{NULL, "configmaps", CONFIGURATION},
	{NULL, "secret", SECRETS},
	{NULL, "secrets", SECRETS},
	{NULL, "crd", "`aspora api-resources` lists the kinds"},
	{NULL, "crds", "`aspora api-resources` lists the kinds"},
	{NULL, "role", "`aspora auth can-i --list` shows what a key may"},
	{NULL, "roles", "`aspora auth can-i --list` shows what a key may"},
	{NULL, "rolebindings", "`aspora key list` shows who may what, where"},
	{NULL, "hpa", POOL},
	{NULL, NULL, NULL},
};

/* clang-format on */

const char *cli_elsewhere_verb(const char *verb, const char *next)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_verbs; e->instead; e++)
		if (strcmp(e->of, verb) == 0 && (!e->word || (next && strcmp(e->word, next) == 0)))
			return e->instead;
	return NULL;
}

const char *cli_elsewhere_option(const char *verb, const char *option)
{
	const char *any = NULL;
	for (const struct cli_elsewhere *e = cli_elsewhere_options; e->instead; e++) {
		if (strcmp(e->word, option) != 0)
			continue;
		if (e->of && strcmp(e->of, verb) == 0)
			return e->instead;
		if (!e->of)
			any = e->instead;
	}
	return any;
}

const char *cli_elsewhere_kind(const char *word)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_kinds; e->instead; e++)
		if (strcasecmp(e->word, word) == 0)
			return e->instead;
	return NULL;
}

bool cli_elsewhere_kind_say(const char *word, struct err *err)
{
	const char *here = cli_elsewhere_kind(word);
	if (here)
		err_remedy(err, strchr(here, ' ') ? "%s" : "here they are %s", here);
	return here != NULL;
}

/* Fields that every object has here by another name. */
static const struct {
	const char *there, *here;
} fields[] = {
	{"metadata.namespace", "metadata.domain"},
	{"metadata.creationTimestamp", "metadata.createdAt"},
};

char *cli_elsewhere_path(struct arena *a, const char *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	while (*text) {
		size_t i = 0;
		while (i < ARRAY_SIZE(fields) &&
		       strncmp(text, fields[i].there, strlen(fields[i].there)) != 0)
			i++;
		if (i == ARRAY_SIZE(fields)) {
			buf_add_char(&out, *text++);
			continue;
		}
		buf_addz(&out, fields[i].here);
		text += strlen(fields[i].there);
	}
	return arena_strdup(a, buf_cstr(&out));
}

/* Of events, what kubectl's selectors call them. */
static const struct {
	const char *there, *here;
} event_fields[] = {
	{"involvedObject.kind", "spec.kind"},
	{"involvedObject.name", "spec.name"},
	{"involvedObject.namespace", "spec.domain"},
	{"type", "status.type"},
	{"reason", "status.reason"},
};

char *cli_elsewhere_selector(struct arena *a, const struct kind *k, const char *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct str rest = str_of(cli_elsewhere_path(a, text)), term;
	bool event = strcmp(k->name, "Event") == 0;
	while (str_split(&rest, ',', &term)) {
		size_t name = 0;
		while (name < term.len && !strchr("=!", term.p[name]))
			name++;
		struct str key = str_sub(term, 0, name);
		for (size_t i = 0; event && i < ARRAY_SIZE(event_fields); i++)
			if (str_eqz(key, event_fields[i].there))
				key = str_of(event_fields[i].here);
		buf_addf(&out, "%s%.*s%.*s", out.len ? "," : "", STR_ARG(key),
			 STR_ARG(str_sub(term, name, term.len)));
	}
	return arena_strdup(a, buf_cstr(&out));
}
