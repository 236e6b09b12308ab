/** The families of EC2 operations that declare their own tables; a new kind of resource is added here. */

/** The tables of all families. */
export const familyTables = () => ({});

/** The operations of all families. */
export const familyOperations = {};
