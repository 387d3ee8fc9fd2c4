type Mode = 'read' | 'write';

/** A claim to talk to the host, and the turn itself once it is granted. */
export class Turn {
	readonly lane: object;
	readonly mode: Mode;
	readonly granted: Promise<void>;
	/** Called by Turns. */
	grant: () => void = () => {};
	constructor(lane: object, mode: Mode) {
		this.lane = lane;
		this.mode = mode;
		this.granted = new Promise((resolve) => {
			this.grant = resolve;
		});
	}
}

/**
 * Who may talk to the host now. Reads of all lanes (one lane is one user's shell) go on at the same time; a write
 * waits until the other lanes are quiet, and they wait for it. So a read sees the host as it is before or after a
 * step, and what was asked after a write was begun is never answered from before it. Within a lane the shell itself
 * keeps the order.
 */
export class Turns {
	#active: Turn[] = [];
	#waiting: Turn[] = [];

	/** Takes a place in the queue: first come, first served. */
	claim(lane: object, mode: Mode): Turn {
		const turn = new Turn(lane, mode);
		this.#waiting.push(turn);
		this.#next();
		return turn;
	}

	/** Ends a turn, or gives its place in the queue up. */
	end(turn: Turn): void {
		this.#active = this.#active.filter((other) => other !== turn);
		this.#waiting = this.#waiting.filter((other) => other !== turn);
		this.#next();
	}

	/** Whether waiting reads may travel with the write of their lane that is on now: no other write is before them. */
	mayJoin(turn: Turn): boolean {
		return this.#waiting.slice(0, this.#waiting.indexOf(turn)).every(({ mode }) => mode === 'read');
	}

	#next(): void {
		for (let turn = this.#waiting[0]; turn !== undefined && this.#free(turn); turn = this.#waiting[0]) {
			this.#waiting.shift();
			this.#active.push(turn);
			turn.grant();
		}
	}

	#free({ lane, mode }: Turn): boolean {
		return this.#active.every(
			(active) => active.mode === 'read' && (mode === 'read' || active.lane === lane),
		);
	}
}
