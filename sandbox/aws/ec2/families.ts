/** The families of EC2 operations that declare their own tables. Add new kinds of resources here. */

/** The tables of all families. */
export const familyTables = () => ({});

/** The operations of all families. */
export const familyOperations = {};
