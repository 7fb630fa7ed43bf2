/* SPDX-License-Identifier: Apache-2.0 */
#include "host/package_run.h"

/* GP 0.7.2 B.2: here the limit is on the code without its metadata. */
static void find_code(struct jam_package_run *run, const struct jam_state *state)
{
    const struct jam_work_package *package = run->package;
    struct pvm_bytes preimage;
    struct pvm_bytes program;
    if (!jam_package_run_code(run, state, package->auth_code_host, &package->auth_code_hash,
                              &preimage) ||
        !jam_package_run_split(run, preimage, &program))
        return;
    if (program.len > run->params.max_authorizer_code) {
        run->config.missing = JAM_ENDED_BIG;
        run->config.why = "the authorizer's code is larger than W_A";
        return;
    }
    jam_package_run_load(run, program);
}

enum pvm_status jam_is_authorized_new(const struct jam_work_package *package, uint64_t core,
                                      const struct jam_state *state,
                                      const struct jam_invoke_options *options,
                                      struct jam_run **out, struct pvm_err *err)
{
    struct jam_package_run run;
    jam_package_run_init(&run, JAM_IS_AUTHORIZED, package, options);
    run.config.service = package->auth_code_host;
    run.config.gas = run.params.is_authorized_gas;
    if (options->program == NULL)
        find_code(&run, state);
    struct jam_package_source source = {
        .profile = run.config.profile, .package = package, .state = state};
    PVM_TRY(jam_package_run_source(&run, &source, err));
    run.config.profile->is_authorized_args(package, core, &run.args);
    return jam_package_run_finish(&run, out, err);
}
