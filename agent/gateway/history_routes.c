/* What a skill was, newest first: what `aspora history` and `aspora why` go by. */
#include "agent/gateway/gateway.h"
#include "store/object.h"

#define ROWS 100
#define ROWS_MAX 1000

static int nobody(struct gw_call *c, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "there is no Skill \"%.*s/%.*s\", and there was none",
		STR_ARG(c->params[0]), STR_ARG(c->params[1]));
	gw_suggest_skill(c, c->params[0], c->params[1], err);
	return ERR_NOT_FOUND;
}

int gw_skill_history(struct gw_call *c, struct err *err)
{
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX);
	int64_t limit = ROWS;
	size_t count = 0;
	struct json j;
	int rc = gw_call_number(c, "limit", 1, ROWS_MAX, &limit, err);
	if (rc == 0)
		rc = store_skill_history(c->g->store, c->params[0], c->params[1], limit, &items,
					 &count, err);
	if (rc == 0 && count == 0)
		rc = nobody(c, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "SkillHistory");
	json_raw(&j, "items", buf_str(&items));
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}
