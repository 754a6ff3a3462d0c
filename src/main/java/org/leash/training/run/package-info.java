/** Training runs: configuration, trainer, evaluation, and the folder of a run. */
package org.leash.training.run;
