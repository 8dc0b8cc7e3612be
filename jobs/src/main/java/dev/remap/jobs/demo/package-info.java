/** The photographs of the demonstration: from two Debian packages to a folder of pictures. */
package dev.remap.jobs.demo;
