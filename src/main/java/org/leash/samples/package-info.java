/**
 * Samples of models from files: JSON lines and CSV, plain or gzipped, larger than memory, and not
 * to be trusted.
 */
package org.leash.samples;
