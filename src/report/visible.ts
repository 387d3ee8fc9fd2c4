import type { HostResult, ItemResult, RunEvent } from '../engine/events.ts';
import { dots, Secret } from '../shell/secret.ts';

const hiddenMessage = 'hidden: no_log is set for this task';

/**
 * The event as it may be shown: what `no_log` covers is left out, secrets are dots, and every text in it has
 * gone through `filter`. Nothing may be cut or folded before this, else half a secret could pass the filter.
 */
export function visible(event: RunEvent, filter: (text: string) => string): RunEvent {
	return mapTexts(withoutHidden(event), filter);
}

function withoutHidden(event: RunEvent): RunEvent {
	switch (event.kind) {
		case 'host-end':
			return event.task.noLog ? { ...event, result: hidden(event.result) } : event;
		case 'task-end':
			return event.task.noLog ? { ...event, results: event.results.map(hidden) } : event;
		default:
			return event;
	}
}

function hidden({
	host,
	status,
	ignored,
	duration,
	delegatedTo,
	attempts,
	items,
	spent,
}: HostResult): HostResult {
	return {
		...bare(status, attempts),
		host,
		ignored,
		duration,
		delegatedTo,
		spent,
		// Labels are values of the loop, so they are hidden too.
		items: items.map((item) => bare(item.status, item.attempts)),
	};
}

const bare = (status: ItemResult['status'], attempts: number | undefined): ItemResult => ({
	status,
	label: undefined,
	attempts,
	message: status === 'failed' || status === 'unreachable' ? hiddenMessage : undefined,
});

function mapTexts<T>(value: T, filter: (text: string) => string): T;
function mapTexts(value: unknown, filter: (text: string) => string): unknown {
	switch (typeof value) {
		case 'string':
			return filter(value);
		// A secret of digits only may have been read as a number.
		case 'number':
		case 'bigint':
			return filter(String(value)) === String(value) ? value : dots;
		case 'object':
			return value === null ? null : mapObject(value, filter);
		case 'function':
		case 'symbol':
			return String(value.toString());
		default:
			return value;
	}
}

function mapObject(value: object, filter: (text: string) => string): unknown {
	if (value instanceof Secret) {
		return dots;
	}

	if (Array.isArray(value)) {
		return value.map((item) => mapTexts(item, filter));
	}

	if (value instanceof Set) {
		return new Set([...value].map((item) => mapTexts(item, filter)));
	}

	if (value instanceof Uint8Array) {
		return `${value.byteLength} bytes`;
	}

	if (value instanceof Date) {
		return value.toISOString();
	}

	const entries = value instanceof Map ? [...value] : Object.entries(value);
	return Object.fromEntries(entries.map(([key, item]) => [filter(String(key)), mapTexts(item, filter)]));
}
