#include "base/xml.h"

#include <expat.h>
#include <stdlib.h>

#include "base/mem.h"

#define ATTRIBUTES_MAX 64

const struct xml_limits xml_limits_default = {(size_t)32 << 20, 64, 200000, 64 * 1024};

struct reading {
	XML_Parser parser;
	const struct xml_limits *limits;
	const struct xml_handler *h;
	const char *path;
	struct err *err;
	unsigned depth;
	size_t elements;
	int rc;
};

static void stop(struct reading *r, int code)
{
	r->rc = code;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static int at_place(struct reading *r, int code, const char *what)
{
	return err_at(r->err, code, r->path, (uint32_t)XML_GetCurrentLineNumber(r->parser),
		      (uint32_t)XML_GetCurrentColumnNumber(r->parser) + 1, "%s", what);
}

static void refuse(struct reading *r, int code, const char *what)
{
	stop(r, at_place(r, code, what));
}

static size_t gather(struct reading *r, const XML_Char **pairs, struct xml_attribute *list)
{
	size_t n = 0;
	for (; pairs[2 * n] && n < ATTRIBUTES_MAX; n++) {
		list[n] = (struct xml_attribute){str_of(pairs[2 * n]), str_of(pairs[2 * n + 1])};
		if (list[n].value.len > r->limits->attribute_bytes)
			refuse(r, ERR_TOO_LARGE, "the value of an attribute is too long");
	}
	if (pairs[2 * n])
		refuse(r, ERR_TOO_LARGE, "an element has too many attributes");
	return n;
}

static void XMLCALL on_open(void *state, const XML_Char *name, const XML_Char **pairs)
{
	struct reading *r = state;
	struct xml_attribute list[ATTRIBUTES_MAX];
	if (r->rc < 0)
		return;
	if (++r->depth > r->limits->depth)
		refuse(r, ERR_TOO_LARGE, "elements are nested too deeply");
	else if (++r->elements > r->limits->elements)
		refuse(r, ERR_TOO_LARGE, "there are too many elements");
	size_t n = r->rc == 0 ? gather(r, pairs, list) : 0;
	int rc = r->rc == 0 && r->h->open ? r->h->open(r->h->state, str_of(name), list, n, r->err)
					  : 0;
	if (rc < 0)
		stop(r, rc);
}

static void XMLCALL on_close(void *state, const XML_Char *name)
{
	struct reading *r = state;
	if (r->rc < 0)
		return;
	r->depth--;
	int rc = r->h->close ? r->h->close(r->h->state, str_of(name), r->err) : 0;
	if (rc < 0)
		stop(r, rc);
}

static void XMLCALL on_text(void *state, const XML_Char *text, int len)
{
	struct reading *r = state;
	if (r->rc < 0)
		return;
	int rc = r->h->text ? r->h->text(r->h->state, str_make(text, (size_t)len), r->err) : 0;
	if (rc < 0)
		stop(r, rc);
}

static void XMLCALL on_doctype(void *state, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public_id, int internal)
{
	struct reading *r = state;
	(void)name;
	(void)system;
	(void)public_id;
	(void)internal;
	refuse(r, ERR_INVALID, "it has a document type, which is not read");
	if (r->err)
		err_remedy(r->err, "take the line with <!DOCTYPE out");
}

const struct xml_attribute *xml_attribute_find(const struct xml_attribute *list, size_t count,
					       const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eqz(list[i].name, name))
			return &list[i];
	return NULL;
}

static int finish(struct reading *r, enum XML_Status status)
{
	char what[160];
	if (r->rc < 0 || status == XML_STATUS_OK)
		return r->rc;
	snprintf(what, sizeof(what), "this is not XML: %s",
		 XML_ErrorString(XML_GetErrorCode(r->parser)));
	return at_place(r, ERR_SYNTAX, what);
}

int xml_read(struct str text, const struct xml_limits *limits, const char *path,
	     const struct xml_handler *h, struct err *err)
{
	if (text.len > limits->bytes)
		return err_at(err, ERR_TOO_LARGE, path, 0, 0, "it has more than %zu bytes",
			      limits->bytes);
	struct reading r = {.parser = XML_ParserCreate("UTF-8"),
			    .limits = limits,
			    .h = h,
			    .path = path,
			    .err = err};
	if (!r.parser)
		abort();
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_open, on_close);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	enum XML_Status status = XML_Parse(r.parser, text.p ? text.p : "", (int)text.len, XML_TRUE);
	int rc = finish(&r, status);
	XML_ParserFree(r.parser);
	return rc;
}
