// libkmod for Swift. It has only what Swift cannot do itself: the log function takes a va_list, the lists are walked by a
// macro, and the callbacks need their C signatures. It makes no decisions and exposes no type of libkmod.
//
// Functions return 0, a positive result of libkmod, or a negative error number.
#pragma once

// A line for `user`: what libkmod logged, or the install command that it would have run for `module`.
typedef void (*CKmod_line)(void *user, const char *module, const char *line);

// One fact of a module file: `vermagic`, `signer`, …
typedef void (*CKmod_fact)(void *user, const char *key, const char *value);

typedef struct CKmod CKmod;

// A fresh context (libkmod caches, and its own check for changes overlooks edits in place). `configurations` ends with
// NULL. `logged` is called with an empty module.
int CKmod_new(
    CKmod **kmod, const char *directory, const char *const *configurations, void *user, CKmod_line logged);
void CKmod_free(CKmod *kmod);

// Looks the name up as modprobe does and inserts the modules that it finds. Install commands are never run: a module that
// has one is passed to `refused` and fails with -ECANCELED. Returns -ENOENT if the name is unknown.
int CKmod_insert(CKmod *kmod, const char *name, void *user, CKmod_line refused);

// Opens a module file, decompresses it if necessary, and reads its .modinfo section and signature.
int CKmod_facts(CKmod *kmod, const char *path, void *user, CKmod_fact found);
