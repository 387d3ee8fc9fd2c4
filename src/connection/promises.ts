/** A promise with its resolve function beside it. */
export function promiseOf<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
	let resolve: (value: T) => void = () => {};
	const promise = new Promise<T>((settle) => {
		resolve = settle;
	});
	return { promise, resolve };
}

/** Seconds. */
export const pause = (seconds: number): Promise<void> =>
	new Promise((resolve) => {
		setTimeout(resolve, seconds * 1000);
	});

/** What the promise gives, or undefined when it takes too long. Seconds. */
export async function within<T>(seconds: number, promise: Promise<T>): Promise<T | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<undefined>((resolve) => {
		timer = setTimeout(resolve, seconds * 1000, undefined);
	});
	try {
		return await Promise.race([promise, over]);
	} finally {
		clearTimeout(timer);
	}
}
