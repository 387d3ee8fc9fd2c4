/** What to do about a block of Jinja that is neither a condition nor a loop; undefined for the end of one. */
export function otherBlock(word: string, rest: string): string | undefined {
	const file = /^['"](.*?)['"]/.exec(rest)?.[1];
	switch (word) {
		case 'include':
			return `write {{>${file ?? 'FILE'}}}, which is a file of the folder templates`;
		case 'raw':
			return 'write {{=<% %>=}} before the text with braces of its own, and <%={{ }}=%> behind it';
		case 'block':
			return 'leave the line out, and that of its endblock: a part that others replace is a file of the folder templates, placed by {{>FILE}}';
		case 'extends':
			return `write the whole file: ${file ?? 'the other one'} with the parts that are replaced`;
		case 'macro':
		case 'import':
		case 'from':
			return 'write the text into a file of the folder templates, and {{>FILE}} where it is used';
		default:
			return word.startsWith('end')
				? undefined
				: `there is no "${word}": compute the value with !cel in the vars of the task`;
	}
}
