/** placeholder */
package dev.remap.jobs;
