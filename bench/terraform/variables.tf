# The variables of the configuration.
variable "endpoint" {
  description = "The endpoint of every service, e.g. http://127.0.0.1:4566; null for AWS itself."
  type        = string
  default     = null
}

variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
}

variable "stack" {
  description = "The prefix of every name."
  type        = string
  default     = "slipway-dev"
}

variable "cidr" {
  description = "The block of the VPC, /16 to /24."
  type        = string
  default     = "10.0.0.0/16"
}

variable "zone" {
  description = "The hosted zone, which is created."
  type        = string
  default     = "slipway.localhost"
}

variable "domain" {
  description = "The name of the load balancer in that zone."
  type        = string
  default     = "api.slipway.localhost"
}

variable "images" {
  description = "The references of the images: of the two containers, and of every additional service."
  type        = object({ api1 = string, api2 = string, more = string })
  default = {
    api1 = "public.ecr.aws/slipway/api1:1"
    api2 = "public.ecr.aws/slipway/api2:1"
    more = "public.ecr.aws/slipway/more:1"
  }
}

variable "more_services" {
  description = "The number of additional services, with one container each."
  type        = number
  default     = 0
}

variable "repositories" {
  description = "The repositories, by the name of a container. Empty if every image is given by reference."
  type        = set(string)
  default     = ["shop-api1", "shop-api2"]
}

variable "existing_repositories" {
  description = "The ARNs of repositories outside of this configuration that hold images of the services."
  type        = list(string)
  default     = []
}

variable "wait" {
  description = "Whether an apply waits until every service is stable."
  type        = bool
  default     = true
}

variable "routes" {
  description = "Whether there are rules with other conditions than a path, a redirect and a fixed response."
  type        = bool
  default     = false
}
