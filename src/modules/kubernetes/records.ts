// kubectl prints a map or list of an object as JSON, and a text as it is. Whole objects are ten times as long.

/** The words with which kubectl prints these paths of each object, a line each. They may hold no text with line ends. */
export const printing = (...paths: readonly string[]): readonly string[] => [
	'--output',
	`jsonpath={range .items[*]}${paths.map((path) => `{${path}}`).join('{"\\t"}')}{"\\n"}{end}`,
];

/** The fields of each object, as `printing` has printed them. */
export const recordsOf = (stdout: string): readonly (readonly string[])[] =>
	stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => line.split('\t'));

/** A map or list; undefined when the object has none. The API server has checked its shape. */
export const structureOf = <Value>(field: string | undefined): Value | undefined =>
	field === undefined || field === '' ? undefined : (JSON.parse(field) as Value);
