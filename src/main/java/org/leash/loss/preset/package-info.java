/** Published algorithms under their usual names. */
package org.leash.loss.preset;
