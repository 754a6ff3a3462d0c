/**
 * Samples of models from files: JSON lines and CSV, plain or gzipped, larger than memory, and
 * untrusted.
 */
package org.leash.samples;
