/* Everybody who writes one managed path: two agents, the machine-config daemon, a third writer, and the power.
 *
 * Held for every interleaving (Tests/Model/run):
 *   - an agent never removes bytes of somebody else that are neither kept nor replaced by a newer version of their owner;
 *   - two agents never change the path at the same time;
 *   - a fight ends in back-off: between two ticks of the clock no more than LIMIT + 1 repairs are made;
 *   - every quiet ends in sync: once nobody writes any more, the path holds the wanted bytes for good, the fight is over,
 *     and no temporary file is left.
 *
 * A value of the path stands for its bytes, mode and owner. Names change in the order of the journal, and the power takes
 * any number of the latest changes that are not synced: what Tests/LinuxNodeTests/JournalModel.swift says too.
 * -DFAULT_... takes one precaution away: each has to be found (Tests/Model/run).
 */

#define NOTHING 0 /* there is no such file */
#define WANTED 1  /* the bytes that the machine-config daemon manages and the intent declares */
#define ORIGINAL 2 /* what was there before the first agent */
#define FIRST 3   /* versions of the third writer: FIRST, FIRST + 1, ... each written once */
#ifndef VALUES
#define VALUES 5
#endif
#define LIMIT 1   /* Contention.limit, made small */
#define NOBODY 255

/* /etc/modprobe.d: the path and the one temporary name, with the states that a power cut may go back to. */
byte path = ORIGINAL, temporary = NOTHING;
byte pastPath[4] = ORIGINAL, pastTemporary[4] = NOTHING;
byte pending = 0;

/* /var/lib/sctp-agent: the originals that are kept, durable as soon as they are recorded; agent.lock. */
bool kept[VALUES];
byte holder = NOBODY;

/* What is true outside of any program: the version has been replaced by a newer one of its owner. */
bool superseded[VALUES];
byte boots = 0;
byte repairs = 0; /* since the clock's last tick */
bool contended = false;
byte writers = 2; /* the daemon and the third writer, as long as they have something to write */

inline changed() {
  pending++;
  pastPath[pending] = path;
  pastTemporary[pending] = temporary
}

/* fsync of the directory: LinuxFiles.replace ends with it. */
inline synced() {
  pastPath[0] = path;
  pastTemporary[0] = temporary;
  pending = 0
}

/* The journal is written out by itself now and then: no more than three changes are ever lost. */
inline flushIfFull() {
  if
  :: pending == 3 -> synced()
  :: else -> skip
  fi
}

/* LinuxFiles.discard: unlinkat of the temporary name. */
inline discard() {
  assert(temporary == NOTHING || temporary == WANTED || kept[temporary] || superseded[temporary]);
  temporary = NOTHING;
  changed();
  flushIfFull()
}

inline exchange() {
  swapped = path;
  path = temporary;
  temporary = swapped;
  changed();
  flushIfFull()
}

/* One process of `sctp-agent run`. Its variables are gone with the power, and it starts again. */
proctype Agent(byte me) {
  byte seen, placed, older, swapped, boot;
start:
  atomic { seen = NOTHING; placed = NOTHING; older = NOTHING; swapped = NOTHING; boot = boots };
  {
    skip;
    /* AgentLock.take: flock(2), which the kernel releases with the process. */
#ifdef FAULT_NO_LOCK
    atomic { holder = me };
#else
end_standby:
    atomic { holder == NOBODY -> holder = me };
#endif
    /* Reconciler.sweep: LinuxFiles.removeLeftovers, and Ledger.keepLeftover before it. */
    atomic {
#ifndef FAULT_SWEEP_FORGETS
      if
      :: temporary > WANTED -> kept[temporary] = true
      :: else -> skip
      fi;
#endif
      if
      :: temporary != NOTHING -> discard(); synced()
      :: else -> skip
      fi
    };
end_watching:
    do
    :: atomic {
         /* Reconciler.look, and the same look under the lock in Applier.put. Contention.mayRepair. */
         path != WANTED && !contended -> seen = path
       };
       /* Ledger.record: originals/ and ledger.jsonl are synced before anything is changed. */
#ifndef FAULT_NO_RECORD
       atomic { if :: seen != NOTHING -> kept[seen] = true :: else -> skip fi };
#endif
       /* LinuxFiles.write: the temporary file, whole and synced. */
       atomic { temporary = WANTED; changed(); synced() };
#ifdef FAULT_NO_LOCK
       assert(holder == me);
#endif
       if
       :: atomic { seen == NOTHING ->
            /* renameat2(RENAME_NOREPLACE) */
            if
            :: path == NOTHING -> path = WANTED; temporary = NOTHING; changed(); flushIfFull(); repairs++
            :: else -> discard()
            fi
          }
#ifdef FAULT_RENAME
       :: atomic { seen != NOTHING ->
            /* rename(2) over whatever is there by now */
            assert(path == NOTHING || path == WANTED || kept[path] || superseded[path]);
            path = WANTED; temporary = NOTHING; changed(); flushIfFull(); repairs++
          }
#else
       :: atomic { seen != NOTHING && path == NOTHING -> discard() } /* ENOENT */
       :: atomic { seen != NOTHING && path != NOTHING -> exchange() };
          if
          :: atomic { temporary == seen -> discard(); repairs++ }
          :: atomic { temporary != seen -> placed = WANTED };
             /* LinuxFiles.putBack */
             do
             :: atomic { path == NOTHING -> superseded[temporary] = true; discard(); break }
             :: atomic { path != NOTHING -> older = temporary; exchange() };
                if
                :: atomic { temporary == placed -> discard(); break }
                :: atomic { temporary != placed -> placed = older }
                fi
             od
          fi
#endif
       fi;
       atomic {
         synced();
         /* Contention.repaired */
         if
         :: repairs > LIMIT -> contended = true
         :: else -> skip
         fi;
         assert(repairs <= LIMIT + 1)
       }
    od
  } unless {
    atomic { boot != boots -> skip }
  };
  goto start
}

/* renameio of the machine-config daemon: whole, by a rename. What it replaces is its own business. */
proctype Daemon() {
  atomic {
    if
    :: path > WANTED -> superseded[path] = true
    :: else -> skip
    fi;
    if
    :: temporary > WANTED -> superseded[temporary] = true
    :: else -> skip
    fi;
    path = WANTED; changed(); synced(); writers--
  }
}

/* Somebody who brings out new versions, or takes the file away. All older versions are replaced by that. */
proctype Third() {
  byte version = FIRST;
  do
  :: version < VALUES ->
     atomic {
       superseded[ORIGINAL] = superseded[ORIGINAL] || path == ORIGINAL || temporary == ORIGINAL;
       if
       :: version > FIRST -> superseded[version - 1] = true
       :: else -> skip
       fi;
       if
       :: path = version
       :: path = NOTHING; superseded[version] = true
       fi;
       version++; changed(); synced()
     }
  :: version == VALUES -> break
  od;
  atomic { writers-- }
}

/* Once, at any moment: any number of the latest changes of names are lost, and with them every lock and variable. */
proctype Power() {
  byte lost;
  atomic {
    if
    :: pending >= 0 -> lost = 0
    :: pending >= 1 -> lost = 1
    :: pending >= 2 -> lost = 2
    :: pending >= 3 -> lost = 3
    fi;
    pending = pending - lost;
    path = pastPath[pending]; temporary = pastTemporary[pending];
    synced();
    holder = NOBODY; repairs = 0; contended = false; boots++
  }
}

/* Contention: the back-off is over, or the window of a minute. */
proctype Clock() {
end_idle:
  do
#ifdef FAULT_NO_CLOCK
  :: false -> skip
#else
  :: atomic { repairs > 0 || contended -> repairs = 0; contended = false }
#endif
  od
}

/* When nobody can do anything any more, all has to be well. That this comes is the other half: no execution is endless. */
proctype Quiet() {
  timeout -> assert(path == WANTED && temporary == NOTHING && !contended && writers == 0)
}

init {
  atomic { run Agent(0); run Agent(1); run Daemon(); run Third(); run Power(); run Clock(); run Quiet() }
}
