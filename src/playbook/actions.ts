// Which key of a task says what it does.

/** Words beside the modules that say what a task does. */
export const specials = ['block', 'import_role', 'import_tasks', 'include_role', 'include_tasks'] as const;

export type Special = (typeof specials)[number];

const collections = /^(?:ansible\.(?:builtin|posix|legacy)|community\.(?:general|postgresql|crypto))\./;

/** `ansible.builtin.copy` is `copy`. */
export const shortName = (key: string): string => key.replace(collections, '');

export const isSpecial = (name: string): name is Special => specials.some((special) => special === name);
