#ifndef GPCONF_BASE_LIMITS_H
#define GPCONF_BASE_LIMITS_H

/*
 * Every size, depth and count that foreign input may reach, in one place. Real
 * files stay far below (the largest template set known has 4,730 policies in
 * 10.5 MB, the largest policy file 1,800 records); input above a limit is
 * refused with a message that names the limit.
 */

/* Templates */
#define LIMIT_TEMPLATE_FILE (16u << 20) /* bytes of one ADMX or ADML file */
#define LIMIT_TEMPLATE_FILES 4096u      /* files in one set of folders */
#define LIMIT_XML_TAG (64u << 10)       /* bytes of one start tag */
#define LIMIT_XML_DEPTH 64u             /* nested elements; real files reach 9 */
#define LIMIT_XML_ATTRIBUTES 128u       /* attributes of one element */
#define LIMIT_POLICY_ELEMENTS 1024u     /* of one policy; real ones reach 50 */
#define LIMIT_CONTROLS 1024u            /* of one presentation; real ones reach 100 */
#define LIMIT_CATALOGUE (256u << 20)    /* bytes of a frozen catalogue */

/* Policy files */
#define LIMIT_POL_FILE (100u << 20)  /* bytes of one Registry.pol */
#define LIMIT_POL_RECORDS 1000000u   /* records in one Registry.pol */
#define LIMIT_POL_DATA (1u << 20)    /* bytes of one record's data */
#define LIMIT_REG_FILE (1u << 30)    /* bytes of a .reg file that we write */
#define LIMIT_KEY_UNITS 32767u       /* UTF-16 units of a key path */
#define LIMIT_NAME_UNITS 16383u      /* UTF-16 units of a value name */
#define LIMIT_INI_FILE (1u << 20)    /* bytes of one INI file */
#define LIMIT_INI_LINE 1000u         /* bytes of one line; iniparser breaks at 1,022 */
#define LIMIT_INI_KEYS 16384u        /* keys in one INI file; iniparser is O(n^2) */
#define LIMIT_GPOS 1000u             /* deployed GPOs */
#define LIMIT_LINKS 10000u           /* links in links.ini */
#define LIMIT_DIRECTORY 65536u       /* entries of one directory */
#define LIMIT_GPT_FILES 4096u        /* files of one GPO */
#define LIMIT_GPT_FOLDERS 512u       /* folders of one GPO; a change opens each */
#define LIMIT_GPT_BYTES (256u << 20) /* bytes of all files of one GPO */
#define LIMIT_GPT_DEPTH 16u          /* nested folders of one GPO; real ones reach 6 */
#define LIMIT_LINT_DEPTH 32u         /* nested folders that lint looks into */

/* Changes */
#define LIMIT_JOURNAL (16u << 20)      /* bytes of the journal or a history entry */
#define LIMIT_CHANGE_FILE (128u << 20) /* bytes of one file that we write */
#define LIMIT_HISTORY 200u             /* kept changes; older ones are folded */

/* Programs we run */
#define LIMIT_ZONE_FILE (1u << 20)       /* bytes of one time zone */
#define LIMIT_RESTART_FILE (64u << 10)   /* bytes of /run/reboot-required.pkgs */
#define LIMIT_PROCESS_OUTPUT (16u << 20) /* bytes of one output stream */
#define LIMIT_PACKAGE_STATUS (64u << 20) /* bytes of dpkg's status file */
#define LIMIT_PROCESS_ENVIRONMENT 16u    /* additions to a child's environment */

/* Everything */
#define LIMIT_DIAGNOSTICS 10000u /* kept; more are counted only */
#define LIMIT_ARENA (1u << 30)   /* bytes of one product */

#endif
