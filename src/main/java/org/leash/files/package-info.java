/**
 * Files: durable writing, appending, folder locks, JSON, safetensors, text tables, and exceptions
 * whose message names the file, the place in it and the reason.
 */
package org.leash.files;
