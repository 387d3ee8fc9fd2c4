// The public API: what `g2pbook run` is made of, for programs that embed it.
export { type Diagnostic, Diagnostics, type Source } from './diagnostics.ts';
export type { Emit, HostRecap, HostResult, ItemResult, RunEvent, Status, TaskInfo } from './engine/events.ts';
export { execute, type RunResult } from './engine/execute.ts';
export type { ExecuteOptions, Interrupt } from './engine/options.ts';
export { BadInput, exitCodes, TaskFailed, Unreachable, UserError } from './errors.ts';
export { type LoadAllOptions, type Loaded, loadAll } from './plan/load.ts';
export type { Plan, PlannedPlay, Selection } from './plan/types.ts';
export { type HtmlOptions, htmlReport } from './report/html/html.ts';
export { humanReport } from './report/human.ts';
export { jsonReport } from './report/json.ts';
export { junitReport } from './report/junit.ts';
export type { Report } from './report/report.ts';
export { Redactor, Secret } from './shell/secret.ts';
