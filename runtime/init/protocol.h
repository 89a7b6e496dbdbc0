/*
 * What the keeper and aspora-init agree on, included by both.
 *
 * The door is one byte stream, descriptor DOOR_FD of aspora-init. HTTP/1.1 is spoken over it as door/http_parse.h reads it: Content-Length
 * framing, one request at a time, init is the client. Each request carries "Aspora-Request: N" (1, 2, 3 …), the answer repeats it. The calls:
 *
 *	GET  /2018-06-01/runtime/invocation/next           waits for work; the answer has the SkillContext as body and the fields
 *	                                                   Lambda-Runtime-Aws-Request-Id, Lambda-Runtime-Deadline-Ms,
 *	                                                   Aspora-Timeout-Ms, Aspora-Output-Limit, Aspora-Log-Limit
 *	POST /2018-06-01/runtime/invocation/ID/response    the handler's stdout
 *	POST /2018-06-01/runtime/invocation/ID/error       {"errorType","errorMessage", …}, errorType one of FAULT_*
 *	POST /2018-06-01/runtime/init/error                the same: the handler cannot be started at all
 *	POST /aspora/v1/ready                              probe mode: the interpreter accepts the handler
 *	POST /aspora/v1/logs                               a piece of the handler's stderr
 *
 * Everything else comes from the handler: whatever it asks of http://127.0.0.1:DOOR_PORT inside the sandbox is passed through, in the
 * order in which complete requests arrive.
 */
#ifndef RUNTIME_INIT_PROTOCOL_H
#define RUNTIME_INIT_PROTOCOL_H

#define DOOR_FD 3
#define DOOR_PORT 9001
#define DOOR_ADDRESS "127.0.0.1:9001"
#define DOOR_URL "http://" DOOR_ADDRESS
#define DOOR_BODY_MAX (4 * 1024 * 1024) /* of one request that passes through, and of its answer */

#define BUNDLE_MOUNT "/skill" /* where the bundle is, and the handler's working directory */
#define INIT_MOUNT "/aspora-init"
#define SANDBOX_PATH "/usr/local/bin:/usr/bin:/bin"

#define FAULT_EXIT "Aspora.HandlerExit" /* with "exitStatus" or "signal" */
#define FAULT_TIMEOUT "Aspora.HandlerTimeout"
#define FAULT_OUTPUT "Aspora.OutputTooLarge"
#define FAULT_MISSING "Aspora.HandlerMissing"
#define FAULT_INTERPRETER "Aspora.InterpreterMissing" /* the host's fault */
#define FAULT_KIND "Aspora.HandlerUnsupported"
#define FAULT_CHECK "Aspora.HandlerCheck" /* errorMessage is the interpreter's own */
#define FAULT_INIT "Aspora.InitFailed" /* the host's fault */

#endif
