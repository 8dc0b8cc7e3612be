/** Documents that users bring or the store keeps, read strictly. */
package dev.remap.core.json;
