# Aspora. One non-recursive Makefile; `make help` lists the targets.
#
#   make [VARIANT=release|debug|asan|cov|fuzz|faults] [CC=gcc|clang] [V=1] [WERROR=1]
#
# Each folder of the list below is a component: its *.c become one archive, it may include only the components its
# row names (script/check-includes), and it is the only user of its libraries.

VARIANT ?= release
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR := $(if $(filter default,$(origin AR)),gcc-ar,$(AR))
PKG_CONFIG ?= pkg-config
prefix ?= /usr/local
bindir ?= $(prefix)/bin
sbindir ?= $(prefix)/sbin
libexecdir ?= $(prefix)/libexec
mandir ?= $(prefix)/share/man
datadir ?= $(prefix)/share
sysconfdir ?= /etc

VERSION := $(shell cat VERSION 2>/dev/null || echo 0.0.0)
BUILD_ROOT ?= build
# The ordinary variant lives in build/ itself, so that README can say build/bin/aspora.
B := $(if $(filter release,$(VARIANT)),$(BUILD_ROOT),$(BUILD_ROOT)/$(VARIANT))
ifneq ($(CC),gcc)
B := $(BUILD_ROOT)/$(notdir $(CC))-$(VARIANT)
endif

COMPONENTS := base skill guard gitsync admission store runtime agent cli

# --- libraries: pkg-config name, least version, Debian package -----------------------------------------------
LIBS := libgit2:1.5:libgit2-dev yaml-0.1:0.2.5:libyaml-dev libcmark:0.30:libcmark-dev libcurl:7.88:libcurl4-openssl-dev \
	jansson:2.14:libjansson-dev libpq:14:libpq-dev libsodium:1.0.18:libsodium-dev libpcre2-8:10.40:libpcre2-dev \
	libseccomp:2.5:libseccomp-dev expat:2.4:libexpat1-dev libssl:3.0:libssl-dev
lib_name = $(word 1,$(subst :, ,$(1)))
lib_version = $(word 2,$(subst :, ,$(1)))
lib_package = $(word 3,$(subst :, ,$(1)))

NO_LIBS_NEEDED := help clean format dist
ifneq ($(filter-out $(NO_LIBS_NEEDED),$(or $(MAKECMDGOALS),all)),)
missing := $(foreach l,$(LIBS),$(if $(shell $(PKG_CONFIG) --exists '$(call lib_name,$(l)) >= $(call lib_version,$(l))' 2>/dev/null && echo yes),,\
	$(call lib_name,$(l)) >= $(call lib_version,$(l)) (Debian package $(call lib_package,$(l)));))
ifneq ($(strip $(missing)),)
$(error missing: $(missing) run script/bootstrap)
endif
LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(foreach l,$(LIBS),$(call lib_name,$(l))))
libs_of = $(shell $(PKG_CONFIG) --libs $(1)) -lm
endif

# --- flags ------------------------------------------------------------------------------------------------------
WARN := -Wall -Wextra \
	-Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wvla \
	-Wformat=2 -Wno-format-nonliteral \
	-Wpointer-arith -Wundef -Wwrite-strings -Wcast-qual \
	-Wnull-dereference -Wdouble-promotion \
	-Wno-missing-field-initializers -Wno-sign-compare
# -Wshadow: a second meaning of a name in one place misleads readers; -W*prototypes: everything exported is declared in a
# header; -Wvla: no stack of a size that data chooses; -Wformat=2: formats are literals checked by the compiler;
# -Wcast-qual: const is a promise; -Wno-missing-field-initializers: tables leave the rest zero on purpose.
WARN += $(if $(filter clang,$(notdir $(CC))),-Wno-gnu-statement-expression -Wno-unknown-warning-option,)
ifeq ($(WERROR),1)
WARN += -Werror
endif

HARDEN := -fstack-protector-strong -fPIE -fno-strict-aliasing
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifeq ($(VARIANT),release)
OPT := -O2 -g
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fcf-protection
else ifeq ($(VARIANT),debug)
OPT := -Og -g3
else ifeq ($(VARIANT),faults)
OPT := -O1 -g -DASPORA_FAULTS
else ifeq ($(VARIANT),asan)
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DASPORA_FAULTS
LDHARDEN += -fsanitize=address,undefined
else ifeq ($(VARIANT),cov)
# A program that is instrumented writes its counts before an exec, and once only; our children share memory with us until then.
OPT := -O0 -g --coverage -fno-builtin-execve
LDHARDEN += --coverage
else ifeq ($(VARIANT),fuzz)
# Needs CC=clang.
OPT := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDHARDEN += -fsanitize=address,undefined
else
$(error VARIANT=$(VARIANT) is none of release debug faults asan cov fuzz)
endif

ALL_CPPFLAGS := -D_GNU_SOURCE -DASPORA_VERSION='"$(VERSION)"' -DASPORA_LIBEXECDIR='"$(libexecdir)"' \
	-DASPORA_SYSCONFDIR='"$(sysconfdir)"' -I. -I$(B)/gen $(LIB_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=gnu17 $(OPT) $(WARN) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS := $(LDHARDEN) $(LDFLAGS)

Q := $(if $(V),,@)
# `make -s` says nothing of what it does.
quiet := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(or $(V),$(quiet)),$(if $(V),,@),@printf '  %-6s %s\n' '$(1)' '$(2)';)

# --- sources ----------------------------------------------------------------------------------------------------
srcs_of = $(sort $(wildcard $(1)/*.c) $(if $(filter agent,$(1)),$(wildcard agent/gateway/*.c agent/web/*.c)) \
	$(if $(filter runtime,$(1)),$(wildcard runtime/driver/*.c runtime/door/*.c)))
objs_of = $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(MAIN_SRCS),$(call srcs_of,$(1)))) $(GEN_OBJS_$(1))
MAIN_SRCS := agent/main.c cli/main.c
lib_of = $(B)/lib/lib$(1).a
libs_if = $(foreach c,$(1),$(if $(strip $(call objs_of,$(c))),$(call lib_of,$(c))))

# SQL statements and migrations, turned into C.
SQL_FILES := $(sort $(wildcard store/sql/*.sql))
SCHEMA_FILES := $(sort $(wildcard store/schema/*.sql))
GEN_OBJS_store := $(if $(SQL_FILES),$(B)/obj/gen/store_sql.o) $(if $(SCHEMA_FILES),$(B)/obj/gen/store_schema.o)
# The guard's rules, likewise.
GEN_OBJS_guard := $(B)/obj/gen/guard_table.o
# The dashboard, bundled.
WEB_FILES := $(sort $(wildcard agent/web/src/*))
GEN_OBJS_agent := $(B)/obj/gen/web_files.o
GEN_HEADERS := $(if $(SQL_FILES),$(B)/gen/store_sql.h)

AGENT_PARTS := agent runtime store admission gitsync guard skill base
CLI_PARTS := cli admission gitsync guard skill base
AGENT_LIBS := expat libgit2 yaml-0.1 libcmark libcurl jansson libpq libsodium libpcre2-8 libseccomp libssl libcrypto
CLI_LIBS := expat libgit2 yaml-0.1 libcmark libcurl jansson libsodium libpcre2-8

.PHONY: all help clean install uninstall dist format check check-style check-includes unit units tests-bin fuzzers fuzz-replay \
	test-postgres test-promptfoo bench bench-gateway soak-watch bench-guard guard-quality fault-sweep man
.DELETE_ON_ERROR:
.SECONDARY:

# While the house is being built a program is there once its main file is.
PROGRAMS := $(if $(wildcard agent/verb_key.c),$(B)/bin/asporad) $(if $(wildcard cli/main.c),$(B)/bin/aspora) \
	$(if $(wildcard runtime/init/*.c),$(B)/libexec/aspora-init)
all: $(PROGRAMS) $(foreach c,$(COMPONENTS),$(if $(strip $(call objs_of,$(c))),$(call lib_of,$(c)))) ## Build the two programs and the sandbox's init (default)

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'
	@printf '  VARIANT=release|debug|faults|asan|cov|fuzz  CC=gcc|clang  WERROR=1  V=1  DESTDIR=  prefix=%s\n' '$(prefix)'

# A change of flags rebuilds; the stamp holds them.
$(B)/flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ 2>/dev/null || \
		echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)' >$@
FORCE:

$(B)/obj/%.o: %.c $(B)/flags | $(GEN_HEADERS)
	@mkdir -p $(dir $@)
	$(call say,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/flags
	@mkdir -p $(dir $@)
	$(call say,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/store_sql.c $(B)/gen/store_sql.h &: $(SQL_FILES) script/gen-sql
	@mkdir -p $(B)/gen
	$(call say,GEN,store_sql)script/gen-sql statements $(B)/gen/store_sql.c $(B)/gen/store_sql.h $(SQL_FILES)
$(B)/gen/store_schema.c: $(SCHEMA_FILES) script/gen-sql
	@mkdir -p $(B)/gen
	$(call say,GEN,store_schema)script/gen-sql schema $@ $(SCHEMA_FILES)

$(B)/gen/guard_table.c: guard/patterns.yaml script/gen-guard
	@mkdir -p $(B)/gen
	$(call say,GEN,guard_table)script/gen-guard $@ guard/patterns.yaml

$(B)/gen/web_files.c: $(WEB_FILES) agent/web/package-lock.json script/gen-web
	@mkdir -p $(B)/gen
	$(call say,GEN,web_files)script/gen-web $@ $(B)/web

define component
$(call lib_of,$(1)): $(call objs_of,$(1))
	@mkdir -p $$(dir $$@)
	$$(call say,AR,$$@)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach c,$(COMPONENTS),$(eval $(call component,$(c))))


$(B)/bin/asporad: $(B)/obj/agent/main.o $(call libs_if,$(AGENT_PARTS))
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(AGENT_LIBS))
$(B)/bin/aspora: $(B)/obj/cli/main.o $(call libs_if,$(CLI_PARTS))
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(CLI_LIBS))

# The sandbox's PID 1 is small and static, and stands alone: no archive of ours, no library but libc.
INIT_SRCS := $(sort $(wildcard runtime/init/*.c)) runtime/door/http_parse.c
$(B)/libexec/aspora-init: $(INIT_SRCS) $(wildcard runtime/init/*.h) runtime/door/http_parse.h $(B)/flags
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) -D_GNU_SOURCE -I. -std=gnu17 -Os $(WARN) -fstack-protector-strong -static -o $@ $(INIT_SRCS)

# --- tests ------------------------------------------------------------------------------------------------------
# tests/unit/<component>/test_x.c is one program each; it links the component, what is below it, and the folder's help_*.c.
UNIT_SRCS := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BINS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRCS))
parts_of_base := base
parts_of_skill := skill base
parts_of_guard := guard base
parts_of_gitsync := gitsync skill base
parts_of_admission := admission guard skill base
parts_of_store := store skill base
parts_of_runtime := runtime guard skill base
parts_of_agent := $(AGENT_PARTS)
parts_of_cli := $(CLI_PARTS)
# support.c serves every test, support_<x>.c those of the components that can reach what it needs; the agent's stand on the store's.
support_of = $(B)/obj/tests/unit/support.o $(if $(filter store agent,$(1)),$(B)/obj/tests/unit/support_pg.o) \
	$(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/unit/$(1)/help_*.c $(if $(filter agent,$(1)),tests/unit/store/help_release.c tests/unit/store/help_execution.c)))
define unit_rule
$(patsubst tests/unit/%.c,$(B)/tests/%,$(1)): $(patsubst %.c,$(B)/obj/%.o,$(1)) $(call support_of,$(2)) \
		$(call libs_if,$(parts_of_$(2)))
	@mkdir -p $$(dir $$@)
	$$(call say,LD,$$@)$(CC) $(ALL_LDFLAGS) -o $$@ $$^ $$(call libs_of,check $(AGENT_LIBS))
endef
$(foreach s,$(UNIT_SRCS),$(eval $(call unit_rule,$(s),$(word 3,$(subst /, ,$(s))))))

# Knows nothing of us: one file and libcurl.
$(B)/tests/watch-readers: tests/soak/watch_readers.c
	@mkdir -p $(dir $@)
	$(call say,CC,$@)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror $(shell pkg-config --cflags libcurl) -o $@ $< -lcurl
units: $(UNIT_BINS) $(B)/tests/watch-readers ## Build the unit tests
unit: all units ## Build and run the unit tests (UNIT=component or component/test_x for some)
	script/run-units $(B) $(UNIT)

FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BINS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRCS))
REPLAY_BINS := $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(FUZZ_SRCS))
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(call libs_if,$(AGENT_PARTS))
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(call libs_of,$(AGENT_LIBS))
$(B)/replay/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay.o $(call libs_if,$(AGENT_PARTS))
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(AGENT_LIBS))
fuzzers: $(FUZZ_BINS) ## Build the fuzz targets (VARIANT=fuzz CC=clang)
fuzz-replay: $(REPLAY_BINS) ## Replay the fuzz corpora through each target
	script/run-replay $(B)

BENCH_SRCS := $(sort $(wildcard tests/bench/*.c))
$(B)/bench/%: $(B)/obj/tests/bench/%.o $(call libs_if,$(AGENT_PARTS))
	@mkdir -p $(dir $@)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(AGENT_LIBS))
bench-guard: all $(B)/bench/bench_guard $(B)/bench/bench_judge ## Measure the guard beside its expressions and ripgrep; writes build/bench/guard.json
	tests/bench/run-guard $(B)
bench: all $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH_SRCS)) ## Measure every step beside its floor; writes build/bench/main.json
	tests/bench/run $(B)
# The peers of the gateway's bench know nothing of us: each is one file and its libraries.
$(B)/bench/gateway-%: tests/bench/gateway/%.c
	@mkdir -p $(dir $@)
	$(call say,CC,$@)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror $(shell pkg-config --cflags libpq) -o $@ $< -lmicrohttpd -lpq
bench-gateway: all $(B)/bench/gateway-load $(B)/bench/gateway-peer ## Measure the gateway beside nginx and bare programs; writes build/bench/gateway.json
	tests/bench/gateway/run $(B) $(ARGS)
soak-watch: all $(B)/tests/watch-readers ## Ten million events, 8 writers, 50 readers that break off: none missing, none out of order
	ASPORA_SOAK_EVENTS=10000000 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/integration/test_watch_soak.py
guard-quality: all ## Score the guard on the labelled texts against its goals (ARGS=--misses shows each miss)
	tests/guard/quality --build $(B) $(ARGS)
test-postgres: all units ## Run the tests of the store and of a foreign database on another PostgreSQL (PG_BINDIR=folder of its postgres and initdb)
	ASPORA_PG_BINDIR=$(or $(PG_BINDIR),$(error PG_BINDIR=FOLDER is missing)) script/run-units $(B) store/
	ASPORA_BUILD=$(CURDIR)/$(B) ASPORA_PG_BINDIR=$(PG_BINDIR) /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/integration/test_operators.py \
		-k any_database_url
test-promptfoo: all ## Run the compiled cases of the examples by the real promptfoo (installs it below build/promptfoo once: npm, 260 MB)
	mkdir -p $(B)/promptfoo && cp tests/promptfoo/package.json $(B)/promptfoo/
	test -x $(B)/promptfoo/node_modules/.bin/promptfoo || \
		npm install --prefix $(B)/promptfoo --omit=optional --ignore-scripts --no-audit --no-fund --no-package-lock
	ASPORA_BUILD=$(CURDIR)/$(B) tests/promptfoo/run $(B)/promptfoo
fault-sweep: ## Kill every role at every recorded system call, and PostgreSQL, and check the invariants
	$(MAKE) VARIANT=faults all
	tests/fault/sweep --full

check-includes: ## Check which component includes which, and the house rules a script can see
	script/check-includes
check-style: check-includes ## Format, includes, file sizes, manual pages, the list of bad inputs
	script/check-style
	script/check-bad-input
check: ## Build with gcc and clang under -Werror, then every test (what script/test does)
	script/test

man: all $(B)/tests/agent/test_manual ## Write the sections of the manual that come from tables
	script/gen-man $(B)

format: ## Format the C code
	git ls-files '*.c' '*.h' | xargs clang-format -i

install: all ## Install under DESTDIR/prefix
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(sbindir) $(DESTDIR)$(libexecdir)
	install -m 755 $(B)/bin/aspora $(DESTDIR)$(bindir)/aspora
	install -m 755 $(B)/bin/asporad $(DESTDIR)$(sbindir)/asporad
	install -m 755 $(B)/libexec/aspora-init $(DESTDIR)$(libexecdir)/aspora-init
	for page in $(wildcard man/*.[1-8]); do \
		install -D -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}; done
uninstall: ## Remove what install wrote
	rm -f $(DESTDIR)$(bindir)/aspora $(DESTDIR)$(sbindir)/asporad $(DESTDIR)$(libexecdir)/aspora-init
	for page in $(wildcard man/*.[1-8]); do rm -f $(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}; done
dist: ## Make aspora-VERSION.tar.gz from HEAD
	git archive --prefix=aspora-$(VERSION)/ -o aspora-$(VERSION).tar.gz HEAD
clean: ## Remove build/
	rm -rf $(BUILD_ROOT)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
