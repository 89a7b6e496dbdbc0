/* aspora completion: scripts for shells; they ask `aspora complete`, which knows the tables. */
#include "cli/complete.h"
#include "cli/verbs.h"

static const char bash[] =
	"# aspora completion bash: source it, or put it into /etc/bash_completion.d\n"
	"_aspora() {\n"
	"\tlocal IFS=$'\\n'\n"
	"\tCOMPREPLY=($(aspora complete -- \"${COMP_WORDS[@]:0:COMP_CWORD+1}\" "
	"2>/dev/null))\n"
	"}\n"
	"complete -o default -F _aspora aspora\n";

static const char zsh[] = "#compdef aspora\n"
			  "# aspora completion zsh: source it, or put it into $fpath as _aspora\n"
			  "_aspora() {\n"
			  "\tlocal -a found\n"
			  "\tfound=(${(f)\"$(aspora complete -- \"${(@)words[1,CURRENT]}\" "
			  "2>/dev/null)\"})\n"
			  "\t(( $#found )) && compadd -a found || _files\n"
			  "}\n"
			  "compdef _aspora aspora\n";

static const char fish[] =
	"# aspora completion fish: source it, or put it into "
	"~/.config/fish/completions/aspora.fish\n"
	"complete -c aspora -a '(aspora complete -- (commandline -opc) (commandline -ct) "
	"2>/dev/null)'\n";

static const char *const shells[] = {"bash", "zsh", "fish", NULL};
static const char *const scripts[] = {bash, zsh, fish};

static int completion(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	size_t i = 0;
	while (strcmp(shells[i], c->operands[0]) != 0)
		i++;
	buf_addz(&out, scripts[i]);
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_completion = {
	.name = "completion",
	.usage = "bash | zsh | fish",
	.help = "Print a script that lets a shell complete verbs, options and names.",
	.about = "    source <(aspora completion bash)\n\n"
		 "Names of skills, domains and executions come from the folder or the gateway.",
	.words = shells,
	.least = 1,
	.most = 1,
	.run = completion,
};

static int complete(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	cli_complete(c, c->operands, c->operand_count, &out);
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_complete = {
	.name = "complete",
	.usage = "-- aspora WORD ...",
	.help = "Print what may stand in the place of the last word, for shells.",
	.uses = CLI_HIDDEN,
	.most = -1,
	.run = complete,
};
