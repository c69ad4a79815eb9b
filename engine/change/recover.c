#include "engine/change/recover.h"

#include <errno.h>

#include "base/status.h"

/* An abort that is complete is a success of recovery: the state before is whole. */
static int finish(struct carry *c, enum recovery *ret_what)
{
    enum journal_state state;
    struct txn left;
    if (carry_out(c, JOURNAL_APPLY) == 0) {
        *ret_what = RECOVERY_FINISHED;
        return 0;
    }
    int status = journal_read(c->lock, c->arena, c->diagnostics, &state, &left);
    if (status)
        return status;
    *ret_what = RECOVERY_REVERTED;
    return state == JOURNAL_NONE ? 0 : GPCONF_EWRITE;
}

int recover(const struct lock *lock, const struct change_table *table,
            struct arena *arena, struct diagnostics *diagnostics,
            enum recovery *ret_what)
{
    static const struct change_table nobody = { 0 };
    enum journal_state state;
    struct txn txn = { 0 };
    enum recovery what = RECOVERY_NOTHING;
    struct carry carry = {
        lock, table ? table : &nobody, &txn, NULL, arena, diagnostics
    };
    int status = journal_read(lock, arena, diagnostics, &state, &txn);
    if (!status && state > JOURNAL_NEW) {
        carry.change = carry_change(&txn, arena);
        status = carry.change ? txn_open(&txn, lock->root, diagnostics) : GPCONF_ENOMEM;
    }
    if (!status) {
        switch (state) {
        case JOURNAL_NONE:
            break;
        case JOURNAL_NEW:
            what = RECOVERY_REVERTED;
            if (journal_remove(lock, JOURNAL_NEW) < 0)
                status = place_fail(diagnostics, STATE_DIR,
                                    "removing a journal that "
                                    "was never finished",
                                    errno);
            break;
        case JOURNAL_STAGE:
            what = RECOVERY_REVERTED;
            status = carry_unstage(&carry);
            break;
        case JOURNAL_APPLY:
            status = finish(&carry, &what);
            break;
        case JOURNAL_ABORT:
            what = RECOVERY_REVERTED;
            status = carry_back(&carry);
            break;
        case JOURNAL_CLEAN:
            what = RECOVERY_CLEANED;
            status = carry_clean(&carry, JOURNAL_CLEAN);
            break;
        }
    }
    txn_close(&txn);
    if (!status)
        *ret_what = what;
    return status;
}
