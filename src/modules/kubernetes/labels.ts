/** How an object of Kubernetes picks others by their labels. */
export type Selector = {
	readonly matchLabels?: Labels;
	readonly matchExpressions?: readonly {
		readonly key: string;
		readonly operator: string;
		readonly values?: readonly string[];
	}[];
};

export type Labels = Readonly<Record<string, string>>;

/** Whether a selector picks what has these labels; an empty one picks everything, and none nothing. */
export const picks = (selector: Selector | undefined, labels: Labels): boolean =>
	selector !== undefined &&
	Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
	(selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
		const value = labels[key];
		switch (operator) {
			case 'In':
				return value !== undefined && values.includes(value);
			case 'NotIn':
				return value === undefined || !values.includes(value);
			case 'Exists':
				return value !== undefined;
			default:
				return value === undefined;
		}
	});
