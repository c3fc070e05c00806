#include "CKmod.h"

#include <errno.h>
#include <stddef.h> // libkmod.h uses NULL
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct CKmod {
  struct kmod_ctx *context;
  void *user;
  CKmod_line logged;
};

struct refusal {
  void *user;
  CKmod_line refused;
};

static void log_line(
    void *data, int priority, const char *file, int line, const char *function, const char *format, va_list arguments) {
  const CKmod *kmod = data;
  char text[1024];
  (void)priority, (void)file, (void)line, (void)function;
  vsnprintf(text, sizeof text, format, arguments);
  text[strcspn(text, "\n")] = '\0';
  kmod->logged(kmod->user, "", text);
}

static int refuse_install(struct kmod_module *module, const char *command, void *data) {
  const struct refusal *refusal = data;
  refusal->refused(refusal->user, kmod_module_get_name(module), command);
  return -ECANCELED;
}

int CKmod_new(
    CKmod **kmod, const char *directory, const char *const *configurations, void *user, CKmod_line logged) {
  CKmod *new = malloc(sizeof *new);
  if (!new) return -ENOMEM;
  errno = 0;
  *new = (CKmod){kmod_new(directory, configurations), user, logged};
  if (!new->context) {
    int error = errno;
    free(new);
    return error ? -error : -ENOMEM;
  }
  kmod_set_log_fn(new->context, log_line, new);
  kmod_set_log_priority(new->context, LOG_INFO);
  *kmod = new;
  return 0;
}

void CKmod_free(CKmod *kmod) {
  kmod_set_log_priority(kmod->context, LOG_EMERG); // what it logs while it ends does not matter
  kmod_unref(kmod->context);
  free(kmod);
}

int CKmod_insert(CKmod *kmod, const char *name, void *user, CKmod_line refused) {
  struct kmod_list *modules = NULL, *item;
  struct refusal refusal = {user, refused};
  int result = kmod_module_new_from_lookup(kmod->context, name, &modules);
  if (result == 0 && !modules) result = -ENOENT;
  if (result >= 0) {
    kmod_list_foreach(item, modules) {
      struct kmod_module *module = kmod_module_get_module(item);
      // The flag that modprobe sets without -b: a blacklist stops what an alias led to, not a name.
      result = kmod_module_probe_insert_module(
          module, KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY, NULL, refuse_install, &refusal, NULL);
      kmod_module_unref(module);
      if (result) break;
    }
  }
  kmod_module_unref_list(modules);
  return result;
}

int CKmod_facts(CKmod *kmod, const char *path, void *user, CKmod_fact found) {
  struct kmod_module *module;
  struct kmod_list *facts = NULL, *item;
  int result = kmod_module_new_from_path(kmod->context, path, &module);
  if (result < 0) return result;
  result = kmod_module_get_info(module, &facts);
  if (result >= 0) {
    kmod_list_foreach(item, facts) {
      found(user, kmod_module_info_get_key(item), kmod_module_info_get_value(item));
    }
    kmod_module_info_free_list(facts);
    result = 0;
  }
  kmod_module_unref(module);
  return result;
}
