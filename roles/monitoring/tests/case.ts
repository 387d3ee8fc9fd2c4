/** Series as promtool writes them: what is gathered, and its values minute by minute. */
export type Series = Readonly<Record<string, string>>;

export type Case = {
	readonly alert: string;
	readonly severity: 'critical' | 'warning';
	/** Which of them fires: labels that say what it is about. */
	readonly about: string;
	/** When it fires, and has to. */
	readonly after: string;
	readonly amiss: Series;
	/** What looks much like it, and is no reason for an alert. */
	readonly fine: readonly Series[];
};
