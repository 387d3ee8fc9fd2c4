type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;
type Child = Node | string | undefined;

/**
 * An element. Words become text and nothing else, whatever hosts have said; `onclick` and the like listen; false
 * and undefined leave an attribute out.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes,
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (typeof value === 'function') {
			made.addEventListener(key.slice(2), value);
		} else if (value !== undefined && value !== false) {
			made.setAttribute(key, value === true ? '' : String(value));
		}
	}

	made.append(...children.filter((child) => child !== undefined));
	return made;
}

/** As many as one wants to read at first; a button shows the next. */
export function inPortions<T>(
	container: HTMLElement,
	things: readonly T[],
	render: (thing: T) => Node,
	{ size, noun }: { readonly size: number; readonly noun: string },
): void {
	const show = (from: number): void => {
		const rest = things.length - from - size;
		container.append(...things.slice(from, from + size).map(render));
		if (rest > 0) {
			const more = element(
				'button',
				{
					type: 'button',
					class: 'more',
					onclick: () => {
						more.remove();
						show(from + size);
					},
				},
				`Show ${Math.min(size, rest)} more of ${rest} ${noun}`,
			);
			// In a table nothing but rows may stand.
			container.append(
				container instanceof HTMLTableSectionElement
					? element('tr', { class: 'more-row' }, element('td', { colspan: 20 }, more))
					: more,
			);
		}
	};
	container.replaceChildren();
	show(0);
}

/** `1 host`, `3 hosts`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `40 ms`, `2.1 s`, `3 min 5 s`. */
export function duration(milliseconds: number): string {
	const whole = Math.round(milliseconds / 1000);
	return milliseconds < 1000
		? `${Math.round(milliseconds)} ms`
		: whole < 60
			? `${(milliseconds / 1000).toFixed(1)} s`
			: `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
