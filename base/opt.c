#include "base/opt.h"

#include <assert.h>

#include "base/clock.h"
#include "base/mem.h"

#define NAMES_MAX 64

void opt_strings_release(struct opt_strings *s)
{
	free(s->items);
	*s = (struct opt_strings){NULL, 0, 0};
}

/* --- parsing --------------------------------------------------------------------------------- */

struct cursor {
	const struct opt *opts;
	char **argv;
	int argc, at;
	int operands;
	struct err *err;
};

static const struct opt *find_long(const struct opt *opts, struct str name)
{
	for (; opts->name; opts++)
		if (str_eqz(name, opts->name))
			return opts;
	return NULL;
}

static const struct opt *find_letter(const struct opt *opts, char letter)
{
	for (; opts->name; opts++)
		if (opts->letter && opts->letter == letter)
			return opts;
	return NULL;
}

static int unknown_long(const struct cursor *c, struct str name)
{
	const char *names[NAMES_MAX];
	size_t n = 0;
	for (const struct opt *o = c->opts; o->name && n < NAMES_MAX; o++)
		names[n++] = o->name;
	const char *near = str_nearest(name, names, n);
	err_set(c->err, ERR_USAGE, "unknown option --%.*s", STR_ARG(name));
	if (near)
		err_remedy(c->err, "did you mean --%s?", near);
	return ERR_USAGE;
}

static int check_choice(const struct cursor *c, const struct opt *o, const char *value)
{
	CLEANUP(buf_release) struct buf list = BUF_INIT(256);
	size_t n = 0;
	for (; o->choices[n]; n++) {
		if (strcmp(o->choices[n], value) == 0)
			return 0;
		buf_addf(&list, "%s%s", n ? ", " : "", o->choices[n]);
	}
	const char *near = str_nearest(str_of(value), o->choices, n);
	err_set(c->err, ERR_USAGE, "--%s cannot be \"%s\"", o->name, value);
	if (near)
		err_remedy(c->err, "did you mean %s? It is one of: %s", near, buf_cstr(&list));
	else
		err_remedy(c->err, "it is one of: %s", buf_cstr(&list));
	return ERR_USAGE;
}

static int set_duration(const struct cursor *c, const struct opt *o, const char *value)
{
	struct err err = ERR_INIT;
	if (duration_parse(str_of(value), o->value, &err) == 0)
		return 0;
	err_set(c->err, ERR_USAGE, "--%s: %s", o->name, err.msg);
	err_remedy(c->err, "%s", err.remedy);
	return ERR_USAGE;
}

static int set_value(const struct cursor *c, const struct opt *o, char *value)
{
	struct opt_strings *list = o->value;
	int rc;
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->value = true;
		return 0;
	case OPT_STRING:
	case OPT_WORD:
		rc = o->choices ? check_choice(c, o, value) : 0;
		if (rc == 0)
			*(const char **)o->value = value;
		return rc;
	case OPT_STRINGS:
		GROW(list->items, list->count, list->cap);
		list->items[list->count++] = value;
		return 0;
	case OPT_INT:
		if (str_to_i64(str_of(value), o->value))
			return 0;
		err_set(c->err, ERR_USAGE, "--%s: \"%s\" is not a whole number", o->name, value);
		err_remedy(c->err, "write it in decimal digits, such as --%s=10", o->name);
		return ERR_USAGE;
	case OPT_DURATION:
		return set_duration(c, o, value);
	}
	return 0;
}

/* The value in the same word if there is one, else the next word. */
static int take_value(struct cursor *c, const struct opt *o, char *inline_value)
{
	if (!inline_value && c->at + 1 < c->argc)
		inline_value = c->argv[++c->at];
	if (inline_value)
		return set_value(c, o, inline_value);
	const char *arg = o->arg ? o->arg : "VALUE";
	err_set(c->err, ERR_USAGE, "--%s needs a value", o->name);
	err_remedy(c->err, "write --%s=%s", o->name, arg);
	return ERR_USAGE;
}

static int take_long(struct cursor *c, char *word)
{
	char *equals = strchr(word, '=');
	struct str name = equals ? str_make(word, (size_t)(equals - word)) : str_of(word);
	const struct opt *o = find_long(c->opts, name);
	if (!o)
		return unknown_long(c, name);
	if (o->type == OPT_WORD && !equals) {
		*(const char **)o->value = o->choices[0];
		return 0;
	}
	if (o->type != OPT_FLAG)
		return take_value(c, o, equals ? equals + 1 : NULL);
	/* "--flag=true" is how some write it. */
	if (equals && strcmp(equals + 1, "false") == 0) {
		*(bool *)o->value = false;
		return 0;
	}
	if (equals && strcmp(equals + 1, "true") != 0) {
		err_set(c->err, ERR_USAGE, "--%s takes no value", o->name);
		err_remedy(c->err, "write --%s", o->name);
		return ERR_USAGE;
	}
	return set_value(c, o, NULL);
}

/* "-n5", "-n=5", "-n 5", and flags in a row: "-ab". */
static int take_letters(struct cursor *c, char *letters)
{
	int rc = 0;
	for (; *letters && rc == 0; letters++) {
		const struct opt *o = find_letter(c->opts, *letters);
		if (!o) {
			size_t pos = 0;
			struct str rest = str_of(letters);
			str_next_rune(rest, &pos);
			return err_set(c->err, ERR_USAGE, "unknown option -%.*s", (int)pos,
				       letters);
		}
		if (o->type != OPT_FLAG)
			return take_value(c, o,
					  letters[1] == '=' ? letters + 2
					  : letters[1]	    ? letters + 1
							    : NULL);
		rc = set_value(c, o, NULL);
	}
	return rc;
}

int opt_parse(int argc, char **argv, const struct opt *opts, int *ret_operands, struct err *err)
{
	struct cursor c = {opts, argv, argc, 1, 0, err};
	bool options = true;
	for (; c.at < argc; c.at++) {
		char *word = argv[c.at];
		int rc = 0;
		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && word[0] == '-' && word[1] == '-')
			rc = take_long(&c, word + 2);
		else if (options && word[0] == '-' && word[1])
			rc = take_letters(&c, word + 1);
		else
			argv[1 + c.operands++] = word; /* behind us: at is never less */
		if (rc < 0)
			return rc;
	}
	if (c.operands + 1 < argc)
		argv[c.operands + 1] = NULL;
	*ret_operands = c.operands;
	return 0;
}
