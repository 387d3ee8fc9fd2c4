/** What a container, network or volume of a lab carries, so that it is found again and nothing else is touched. */
export const labels = {
	/** Id of the lab. */
	lab: 'g2pbook.lab',
	/** Name of the host that a container stands for. */
	host: 'g2pbook.lab.host',
	/** Of the one container that is no host: a mirror of releases, for roles that download them. Its value says of which. */
	mirror: 'g2pbook.lab.mirror',
	/** Of the same: variables of roles that install from it, as JSON. */
	variables: 'g2pbook.lab.variables',
	topology: 'g2pbook.lab.topology',
	/** Distribution, such as `debian-12`. */
	image: 'g2pbook.lab.image',
	/** Folder of the inventory that the lab wrote. */
	folder: 'g2pbook.lab.folder',
} as const;

/** The filter of Docker's list calls for one lab, or for all. */
export const ofLab = (id?: string): { label: string[] } => ({
	label: [id === undefined ? labels.lab : `${labels.lab}=${id}`],
});
