import { Capture } from './capture.ts';
import type { ResidentGone } from './frames.ts';

/** Bytes outside frames: the noise of start-up files, daemons, and why a shell ended. */
export class Strays {
	readonly stdout = new Capture(4096);
	readonly stderr = new Capture(4096);

	/** What may say why it ended: the last line of its errors; of a program that is no shell, all that it said. */
	said(state: ResidentGone['how']): string | undefined {
		const [output, errors] = [this.stdout, this.stderr].map((stream) => stream.text().trim());
		return state === 'silent'
			? [output, errors].filter(Boolean).join('\n').slice(-300)
			: errors?.split('\n').at(-1);
	}
}
