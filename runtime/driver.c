#include "runtime/driver.h"

const struct driver *const drivers[] = {&driver_bubblewrap, &driver_fake, &driver_null, NULL};

const struct driver *driver_find(struct str name)
{
	for (size_t i = 0; drivers[i]; i++)
		if (str_eqz(name, drivers[i]->name))
			return drivers[i];
	return NULL;
}

const char *isolation_name(enum isolation i)
{
	static const char *const names[] = {"process", "namespace", "vm"};
	return names[i];
}
