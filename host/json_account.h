/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of accounts in JSON that several kinds of public vectors name alike. */
#ifndef HOST_JSON_ACCOUNT_H
#define HOST_JSON_ACCOUNT_H

#include "host/json.h"
#include "host/state.h"

/* The record: code_hash, balance and so on; maps and id of *service stay as they are. Fields that
 * came with later versions may be left out and are then 0. */
PVM_MUST_USE enum pvm_status jam_json_account(struct jam_json json, struct jam_service *service,
                                              struct pvm_err *err);

/* {hash, blob}; the blob is appended. Whether the two belong together is not asked. */
PVM_MUST_USE enum pvm_status jam_json_blob(struct jam_json json, struct jam_hash *hash,
                                           struct pvm_buf *blob, struct pvm_err *err);

/* At most three slots. */
PVM_MUST_USE enum pvm_status jam_json_slots(struct jam_json list, struct jam_request *out,
                                            struct pvm_err *err);

/* {key: {hash, length}, value: slots}. */
PVM_MUST_USE enum pvm_status jam_json_request(struct jam_json json, struct jam_hash *hash,
                                              uint32_t *len, struct jam_request *out,
                                              struct pvm_err *err);

#endif
