/**
 * Settings: each defined once, as an annotated component of a record, from which its default, range
 * and help follow, as do the fields of a file and the options of a command.
 */
package org.leash.training.setting;
