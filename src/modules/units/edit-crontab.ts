type Request = {
	readonly name: string;
	readonly job?: string | undefined;
	readonly user?: string | undefined;
	readonly minute: string;
	readonly hour: string;
	readonly day: string;
	readonly month: string;
	readonly weekday: string;
	readonly special_time?: string | undefined;
	readonly disabled: boolean;
	readonly env: boolean;
	readonly cron_file?: string | undefined;
	readonly state: 'present' | 'absent';
};

/** The lines of a crontab as they should be. The comment is Ansible's, so that its jobs are taken over. */
export const editCrontab = (lines: readonly string[], request: Request): readonly string[] =>
	request.env ? editVariable(lines, request) : editJob(lines, request);

function editJob(lines: readonly string[], request: Request): readonly string[] {
	const mark = `#Ansible: ${request.name}`;
	const wanted = request.state === 'present' ? [mark, jobLine(request)] : [];
	const at = lines.indexOf(mark);
	// The line after the mark is the job, also one that is disabled.
	return at === -1 ? [...lines, ...wanted] : [...lines.slice(0, at), ...wanted, ...lines.slice(at + 2)];
}

function editVariable(lines: readonly string[], { name, job, state }: Request): readonly string[] {
	const wanted = state === 'present' ? [`${name}="${job}"`] : [];
	const at = lines.findIndex((line) => line.startsWith(`${name}=`));
	return at === -1 ? [...wanted, ...lines] : [...lines.slice(0, at), ...wanted, ...lines.slice(at + 1)];
}

function jobLine({
	minute,
	hour,
	day,
	month,
	weekday,
	special_time,
	disabled,
	cron_file,
	user,
	job,
}: Request): string {
	const time =
		special_time === undefined ? `${minute} ${hour} ${day} ${month} ${weekday}` : `@${special_time}`;
	return `${disabled ? '#' : ''}${time} ${cron_file === undefined ? '' : `${user} `}${job}`;
}
